"""The occlusions that settings of a training can name."""

import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.occlusion import Kind
from mimicgait.training.build import BANDS, MOVING, build_occlusion, occlusion_kind
from mimicgait.training.config import OcclusionConfig


@pytest.mark.parametrize("name", [*BANDS, *MOVING])
def test_every_name_builds_an_occlusion_of_its_kind(name):
    (occlusion,) = build_occlusion(OcclusionConfig(types=(name,))).occlusions
    assert occlusion_kind(occlusion) == name.removesuffix("-from-left")
    frames = torch.ones(6, 30, 64, 64, dtype=torch.uint8)
    found = set(occlusion(frames, torch.Generator().manual_seed(0)).kind.tolist())
    assert found - {Kind.NONE} == {Kind[name.removesuffix("-from-left").upper()]}


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="'objects'"):
        build_occlusion(OcclusionConfig(types=("object",)))
