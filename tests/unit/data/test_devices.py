"""A batch stays on the device of its frames; the meta device shows any step that does not."""

import pytest
import torch

from mimicgait.data import Augment, Erase, Flip, FrameSampling, Perspective, PKSampler, Rotate, unpack_frames
from mimicgait.data.sampling import resident_frames


def test_other_devices_hold_only_the_frames_of_a_selection(store):
    view = store.select([4, 1])
    packed, offsets = resident_frames(view, "meta")
    assert (packed.device.type, packed.shape) == ("meta", (int(view.lengths.sum()), 512))
    assert offsets.tolist() == [0, int(view.lengths[0])]


def test_batches_are_made_on_the_device(store):
    batch = PKSampler(store, people=2, sequences=2, frames=FrameSampling((2, 4)), device="meta").batch(0)
    assert {t.device.type for t in (batch.frames, batch.lengths, batch.labels)} == {"meta"}
    assert batch.frames.shape[0] == 4


def test_unpacking_stays_on_the_device():
    frames = unpack_frames(torch.empty(3, 2, 512, dtype=torch.uint8, device="meta"))
    assert (frames.device.type, frames.shape) == ("meta", (3, 2, 64, 64))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_augmentation_stays_on_the_device(dtype):
    frames = torch.empty(3, 2, 64, 64, dtype=dtype, device="meta")
    augment = Augment([Flip(1.0), Rotate(1.0), Perspective(1.0), Erase(1.0)])
    result = augment(frames, torch.Generator())
    assert (result.device.type, result.dtype, result.shape) == ("meta", dtype, frames.shape)
