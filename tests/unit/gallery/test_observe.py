"""From silhouettes to signatures."""

import numpy as np
import pytest
import torch

from mimicgait.distance import PartwiseEuclidean, VisibleEuclidean
from mimicgait.gallery import Observer
from mimicgait.models import MimicNetwork, MimicPlusNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase
from mimicgait.models.checkpoint import model_hash
from mimicgait.types import SequenceKey, Silhouettes


@pytest.fixture(scope="module")
def walks():
    random = np.random.default_rng(0)
    return [
        Silhouettes(
            SequenceKey(str(i), "a", "b"), (random.random((t, 64, 64)) > 0.5).astype(np.uint8), f"{i}.mp4"
        )
        for i, t in enumerate((9, 4, 30, 12))
    ]


@pytest.fixture(scope="module")
def mimic():
    torch.manual_seed(0)
    return MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width=0.25)).eval()


def test_each_walk_gets_its_own_signature_and_hidden_share(walks, mimic):
    signatures = Observer(mimic, batch_frames=40)(walks, keep=True)
    for walk, signature in zip(walks, signatures, strict=True):
        frames = torch.from_numpy(walk.frames)[None]
        with torch.inference_mode():
            expected, seen = mimic(frames)[0], mimic.visibility.module(frames)
        np.testing.assert_allclose(signature.values, expected.numpy(), rtol=2e-3, atol=1e-3)
        assert signature.hidden == pytest.approx(seen.amount.mean().item(), abs=1e-5)
        assert (signature.model, signature.frames) == (model_hash(mimic), len(walk.frames))
        assert (signature.source, signature.silhouettes is walk.frames) == (walk.source, True)


def test_a_signature_knows_what_it_is_compared_with(walks, mimic):
    plus = MimicPlusNetwork(mimic.backbone, mimic.visibility.module).eval()
    assert {s.distance for s in Observer(plus)(walks)} == {VisibleEuclidean()}
    assert {s.distance for s in Observer(mimic)(walks)} == {PartwiseEuclidean()}


def test_without_a_visibility_network_nobody_knows_what_is_hidden(walks, mimic):
    backbone, ven = mimic.backbone, mimic.visibility.module
    assert {s.hidden for s in Observer(backbone)(walks)} == {None}
    with_one = Observer(backbone, model="x", visibility=ven)(walks)
    assert [s.hidden for s in with_one] == pytest.approx([s.hidden for s in Observer(mimic)(walks)], abs=1e-5)
    assert {(s.model, s.silhouettes) for s in with_one} == {("x", None)}
