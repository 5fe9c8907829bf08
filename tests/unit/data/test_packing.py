import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mimicgait.data import collate, pack_frames, unpack_frames
from mimicgait.errors import DataError, ShapeError


def random_frames(seed_and_length):
    seed, length = seed_and_length
    return np.random.default_rng(seed).integers(0, 2, (length, 64, 64), dtype=np.uint8)


frames_of = st.tuples(st.integers(0, 999), st.integers(0, 9)).map(random_frames)


@given(frames_of)
def test_unpacking_undoes_packing(frames):
    packed = pack_frames(frames)
    assert packed.shape == (len(frames), 512)
    assert np.array_equal(unpack_frames(torch.from_numpy(packed)).numpy(), frames)


def test_order_of_bits():
    frames = np.zeros((1, 64, 64), np.uint8)
    frames[0, 0, 1] = frames[0, 2, 63] = 1
    packed = pack_frames(frames)[0]
    assert {int(i): int(packed[i]) for i in np.flatnonzero(packed)} == {0: 0b01000000, 23: 1}


def test_unpacking_keeps_leading_dimensions():
    packed = torch.randint(0, 256, (2, 3, 512), dtype=torch.uint8)
    frames = unpack_frames(packed)
    assert frames.shape == (2, 3, 64, 64)
    assert torch.equal(frames[1, 2], unpack_frames(packed[1, 2]))
    assert unpack_frames(packed[:0]).shape == (0, 3, 64, 64)


def test_the_unpacked_frames_belong_to_the_caller():
    packed = torch.full((1, 512), 255, dtype=torch.uint8)
    unpack_frames(packed).zero_()
    assert unpack_frames(packed).all()


@pytest.mark.parametrize(
    "packed",
    [torch.zeros(2, 511, dtype=torch.uint8), torch.zeros(2, 512), torch.zeros((), dtype=torch.uint8)],
)
def test_unpacking_refuses_other_tensors(packed):
    with pytest.raises(ShapeError, match="512"):
        unpack_frames(packed)


def test_packing_refuses_what_it_would_change():
    with pytest.raises(DataError, match="up to 255: binarise"):
        pack_frames(np.full((1, 64, 64), 255, np.uint8))
    with pytest.raises(ShapeError, match=r"\(1, 64, 44\)"):
        pack_frames(np.zeros((1, 64, 44), np.uint8))
    with pytest.raises(ShapeError, match="float64"):
        pack_frames(np.zeros((1, 64, 64)))


@given(st.lists(frames_of, min_size=1, max_size=4))
def test_collating_pads_with_black_frames(sequences):
    frames, lengths = collate(sequences)
    assert lengths.dtype == torch.int64
    assert frames.shape == (len(sequences), max(map(len, sequences)), 64, 64)
    for row, length, sequence in zip(frames.numpy(), lengths.tolist(), sequences, strict=True):
        assert length == len(sequence)
        assert np.array_equal(row[:length], sequence)
        assert not row[length:].any()


@pytest.mark.parametrize(
    "sequences",
    [[], [np.zeros((1, 64, 64), np.uint8), np.zeros((1, 64, 44), np.uint8)], [np.zeros((1, 64, 64))]],
)
def test_collating_refuses_what_does_not_fit(sequences):
    with pytest.raises(ShapeError, match="expected"):
        collate(sequences)
