import dataclasses

import numpy as np
import pytest
import torch

from mimicgait.errors import MimicGaitError, ShapeError, suggest
from mimicgait.types import FRAME_SIZE, Batch, Embeddings, SequenceKey, Silhouettes, frame_mask

KEY = SequenceKey("p1", "nm-01", "090")


def test_a_key_reads_as_the_field_writes_it_and_sorts_into_sets():
    assert str(KEY) == "p1-nm-01-090"
    assert len({KEY, SequenceKey("p1", "nm-01", "090"), SequenceKey("p1", "nm-01", "091")}) == 2


def test_silhouettes_are_uint8_frames():
    frames = np.zeros((2, FRAME_SIZE, FRAME_SIZE), np.uint8)
    assert Silhouettes(KEY, frames).source == ""
    for wrong in (frames[0], frames.astype(np.float32), frames.astype(bool)):
        with pytest.raises(ShapeError, match=r"p1-nm-01-090: expected frames \[t, h, w\] of uint8, got"):
            Silhouettes(KEY, wrong)
    with pytest.raises(ShapeError, match="at least one frame"):
        Silhouettes(KEY, frames[:0])


def test_a_batch_has_one_length_and_one_label_for_each_sequence():
    frames, numbers = torch.zeros(2, 3, 4, 4), torch.tensor([3, 1])
    assert Batch(frames, numbers, numbers).labels is numbers
    for wrong in (
        (frames[0], numbers, numbers),
        (frames, numbers[:1], numbers),
        (frames, numbers, numbers[:, None]),
    ):
        with pytest.raises(ShapeError, match="expected frames"):
            Batch(*wrong)


def test_embeddings_have_one_key_for_each_signature():
    keys = (KEY, SequenceKey("p2", "bg-01", "000"))
    both = Embeddings(torch.arange(12.0).view(2, 3, 2), keys)
    assert len(both) == 2
    turned = both.select([1, 0, 1])
    assert turned.keys == (keys[1], keys[0], keys[1])
    assert torch.equal(turned.values, both.values[[1, 0, 1]])
    none = both.select([])
    assert (len(none), tuple(none.values.shape)) == (0, (0, 3, 2))
    for wrong in (both.values[:1], both.values.flatten(1)):
        with pytest.raises(ShapeError, match="n = 2 keys"):
            Embeddings(wrong, keys)


@pytest.mark.parametrize("record", [KEY, Embeddings(torch.zeros(1, 1, 1), (KEY,))])
def test_records_are_frozen(record):
    name = dataclasses.fields(record)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, None)


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32])
@pytest.mark.parametrize("t", [0, 1, 5])
def test_frame_mask_equals_loops(t, dtype):
    lengths = [0, 1, 3, 5]
    got = frame_mask(torch.tensor(lengths, dtype=dtype), t)
    assert got.shape == (4, t)
    assert got.dtype == torch.bool
    assert got.tolist() == [[frame < length for frame in range(t)] for length in lengths]


def test_own_errors_are_value_errors_with_one_base():
    assert issubclass(ShapeError, MimicGaitError)
    assert issubclass(ShapeError, ValueError)


def test_suggestions_name_the_nearest_or_only_what_is_allowed():
    assert suggest("botom", ("top", "bottom")) == "did you mean 'bottom'? Allowed: bottom, top"
    assert suggest("xyz", ("top", "bottom")) == "Allowed: bottom, top"
