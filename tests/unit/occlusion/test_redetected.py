"""Re-detection against the code that normalises real masks, and lost frames worked by hand."""

import numpy as np
import pytest
import torch

from mimicgait.data.silhouette import normalise
from mimicgait.errors import ConfigError
from mimicgait.occlusion import Kind, LostFrames, Middle, Nothing, Objects, People, Redetected, Top
from mimicgait.occlusion.crop import crop
from mimicgait.occlusion.tracking import hold
from mimicgait.synth import SynthConfig, generate


@pytest.fixture(scope="module")
def walkers():
    config = SynthConfig(people=3, sequences=2, frames=12, start=700, faults=0)
    return torch.from_numpy(np.stack([walker.frames for walker in generate(config)]))


def agreement(a, b):
    """Return intersection over union."""
    return float((a & b).sum() / max(1, (a | b).sum()))


@pytest.mark.parametrize("rows", [slice(30, 64), slice(0, 34), slice(12, 52)])
def test_a_crop_is_what_normalising_the_visible_part_gives(walkers, rows):
    left = torch.zeros_like(walkers)
    left[:, :, rows] = walkers[:, :, rows]
    found = crop(left.flatten(0, 1).bool())
    for seen, mask in zip(found, left.flatten(0, 1).numpy(), strict=True):
        wanted = torch.from_numpy(normalise(mask, interpolation="linear")).bool()
        # That code rounds the enlarged width down, so that its centre may come one column earlier.
        alike = [agreement(seen.roll(shift, 1), wanted) for shift in (0, 1, -1)]
        assert max(alike) > 0.92, alike
    assert found.any(2)[:, [0, -1]].all()


def test_a_crop_is_centred_and_keeps_the_aspect():
    mask = torch.zeros(1, 64, 64, dtype=torch.bool)
    mask[0, 40:56, 3:11] = True  # 16 x 8 pixels: four times enlarged 64 x 32
    seen = crop(mask)[0]
    assert seen.any(0).nonzero().flatten()[[0, -1]].tolist() == [16, 47]
    assert seen[:, 16:48].all()


def test_the_median_of_the_pixels_is_what_is_centred():
    mask = torch.zeros(1, 64, 64, dtype=torch.bool)
    mask[0, :, 10:14] = True
    mask[0, 30, 14:50] = True  # a long arm moves the box, but hardly the mass
    columns = crop(mask)[0, 0].nonzero().flatten()
    assert columns[[0, -1]].tolist() == [30, 33]


def test_an_empty_mask_stays_empty():
    assert not crop(torch.zeros(2, 64, 64, dtype=torch.bool)).any()
    assert crop(torch.zeros(0, 64, 64, dtype=torch.bool)).shape == (0, 64, 64)


def test_top_behind_a_detector_keeps_its_aspect_where_the_papers_is_stretched(walkers):
    draws = torch.full((6, 1), 0.5, dtype=torch.float64)
    stretched, cropped = Top().apply(walkers, draws), Redetected(Top()).apply(walkers, draws)
    assert torch.equal(stretched.visible, cropped.visible)
    assert torch.equal(stretched.amount, cropped.amount)
    assert (cropped.kind == Kind.REDETECT).all()
    widths = [seen.frames.amax(2).sum(2).float().mean() for seen in (stretched, cropped)]
    assert widths[1] > 1.5 * widths[0]


def test_what_hides_nothing_of_the_person_changes_nothing(walkers):
    assert torch.equal(Redetected(Nothing())(walkers, torch.Generator()).frames, walkers)
    narrow = walkers * (torch.arange(64) < 40)
    far = Objects(kinds="pole", width=(0.05, 0.05), standing=0, speed=(0, 0), gap=(9, 9))
    draws = torch.rand(6, far.draws, dtype=torch.float64)
    seen, inner = Redetected(far).apply(narrow, draws), far.apply(narrow, draws)
    untouched = (inner.frames == narrow).flatten(2).all(2)
    assert torch.equal(seen.frames[untouched], narrow[untouched])


def test_head_and_feet_keep_the_box_as_it_is(walkers):
    draws = torch.full((6, 1), 0.5, dtype=torch.float64)
    seen, inner = Redetected(Middle()).apply(walkers, draws), Middle().apply(walkers, draws)
    assert torch.equal(seen.frames.any(3), inner.frames.any(3))


def test_a_frame_with_too_little_is_lost_and_shows_the_last_one_seen(walkers):
    passing = People(standing=0, speed=(3, 3), gap=(3, 3))
    draws = torch.rand(6, passing.draws, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    seen, sure = (Redetected(passing, least=least).apply(walkers, draws) for least in (0.8, 0.0))
    inner = passing.apply(walkers, draws)
    left = inner.frames.sum((2, 3)).double() / walkers.sum((2, 3))
    lost = ~seen.visible.flatten(2).any(2)
    assert torch.equal(lost, (left < 0.8) & (left >= 0.8).any(1, keepdim=True)) or lost.any()
    assert 0 < lost.sum() < lost.numel()
    for i, t in lost.nonzero().tolist():
        if t and not lost[i, :t].all():
            assert torch.equal(seen.frames[i, t], seen.frames[i, t - 1])
    assert torch.equal(seen.frames[~lost], sure.frames[~lost])
    assert (seen.amount >= sure.amount).all()


def test_a_sequence_that_is_never_seen_well_keeps_its_best_frames():
    person = torch.ones(1, 3, 64, 64, dtype=torch.uint8)
    seen = Redetected(Top(amount=(0.9, 0.9)), least=0.5)(person, torch.Generator())
    assert seen.visible.flatten(2).any(2).all()


def test_merged_people_are_found_as_one(walkers):
    merged = Redetected(People(merged=True, standing=1), least=0.9)
    seen = merged(walkers, torch.Generator().manual_seed(0))
    assert seen.visible.flatten(2).any(2).all()
    assert seen.frames.sum() > walkers.sum()


def test_hold_worked_by_hand():
    kept = torch.tensor([[0, 1, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0]])
    assert hold(kept.bool(), torch.tensor([6, 6, 6, 3])).tolist() == [
        [1, 1, 1, 1, 4, 4],
        [0, 0, 0, 0, 0, 0],
        [0, 1, 2, 3, 4, 5],
        [0, 0, 2, 3, 4, 5],
    ]


def test_lost_frames_are_as_many_as_asked_and_come_in_bursts():
    walk = torch.rand(40, 400, 2, 2)
    seen = LostFrames(share=(0.5, 0.5), burst=(6, 6))(walk, torch.Generator().manual_seed(0))
    assert seen.amount.mean() == pytest.approx(0.5, abs=0.01)
    lost = ~seen.visible[:, :, 0, 0]
    begins = (lost[:, 1:] & ~lost[:, :-1]).sum(1)
    assert (lost.sum(1) / begins).mean() == pytest.approx(6, rel=0.25)  # bursts may meet
    assert torch.equal(seen.frames[~lost], walk[~lost])
    for i, t in lost.nonzero()[:500].tolist():
        if t and not lost[i, :t].all():
            assert torch.equal(seen.frames[i, t], seen.frames[i, t - 1])


def test_a_short_sequence_keeps_a_frame():
    most = LostFrames(share=(0.9, 0.9), burst=(50, 50))
    seen = most(torch.rand(30, 2, 2, 2), torch.Generator().manual_seed(0))
    assert seen.visible.flatten(1).any(1).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Redetected("top"), r"Try Redetected\(Top\(\)\)"),
        (lambda: Redetected(Top(), least=1.5), "least: expected"),
        (lambda: LostFrames(share=(0.5, 1)), "less than 1"),
        (lambda: LostFrames(burst=(0, 3)), "burst: expected 1 <= low"),
    ],
)
def test_bad_settings(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
