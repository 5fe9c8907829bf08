import pytest
import torch
from torch import nn

from mimicgait.errors import ShapeError
from mimicgait.models.temporal import Timeline, packed_images

LENGTHS = [4, 1, 7, 3]


@pytest.fixture(params=["mixed", "equal"])
def packed(request):
    """Maps of sequences, one behind the other, the sequences by themselves, and their timeline."""
    lengths = LENGTHS if request.param == "mixed" else [5, 5, 5]
    sequences = [torch.randn(t, 2, 4, 3, dtype=torch.float64) for t in lengths]
    given = torch.tensor(lengths) if request.param == "mixed" else None
    return torch.cat(sequences), sequences, Timeline(len(lengths), given, torch.device("cpu"))


def test_volumes_and_back(packed):
    images, _, time = packed
    assert torch.equal(time.images(time.volumes(images)), images)


def test_equal_lengths_move_nothing():
    rows = torch.randn(15, 4, 3, 2)
    images = rows.permute(0, 3, 1, 2)  # channels-last
    time = Timeline(3, None, images.device)
    assert time.volumes(images).data_ptr() == rows.data_ptr()
    assert time.images(time.volumes(images)).data_ptr() == rows.data_ptr()


def test_kernels_of_three_frames_see_one_sequence(packed):
    images, sequences, time = packed
    conv = nn.Conv3d(2, 5, 3, padding=1, bias=False).double()
    expected = [conv(x.transpose(0, 1)[None])[0].transpose(0, 1) for x in sequences]
    torch.testing.assert_close(time.images(conv(time.volumes(images))), torch.cat(expected))


def test_convolution_along_time_alone(packed):
    images, sequences, time = packed
    conv = nn.Conv2d(2, 5, (3, 1), padding=(1, 0), bias=False).double()
    expected = []
    for x in sequences:
        padded = torch.cat([torch.zeros_like(x[:1]), x, torch.zeros_like(x[:1])])
        for i in range(len(x)):
            expected.append(
                sum(torch.einsum("oc,chw->ohw", conv.weight[:, :, k, 0], padded[i + k]) for k in range(3))
            )
    torch.testing.assert_close(time.convolve(conv, images), torch.stack(expected))


@pytest.mark.parametrize("lengths", [[4, 3, 9, 5], [7, 7]])
def test_reduction_of_triples(lengths):
    sequences = [torch.randn(t, 2, 4, 3, dtype=torch.float64) for t in lengths]
    given = torch.tensor(lengths) if len(set(lengths)) > 1 else None
    time = Timeline(len(lengths), given, torch.device("cpu"))
    conv = nn.Conv2d(2, 2, (3, 1), stride=(3, 1), bias=False).double()
    expected = [
        sum(torch.einsum("oc,chw->ohw", conv.weight[:, :, k, 0], x[i + k]) for k in range(3))
        for x in sequences
        for i in range(0, len(x) - 2, 3)
    ]
    got, after = time.reduce(conv, torch.cat(sequences))
    torch.testing.assert_close(got, torch.stack(expected))
    whole = [len(x) // 3 for x in sequences]
    parts = torch.stack(expected).split(whole)
    torch.testing.assert_close(after.maximum(got), torch.stack([part.amax(0) for part in parts]))


def test_maximum_and_padding(packed):
    images, sequences, time = packed
    torch.testing.assert_close(time.maximum(images), torch.stack([x.amax(0) for x in sequences]))
    padded, real = time.padded(images)
    assert padded.shape[1] == max(len(x) for x in sequences)
    for i, x in enumerate(sequences):
        assert torch.equal(padded[i, : len(x)], x)
        assert not padded[i, len(x) :].any()
        assert real is None or real[i].tolist() == [j < len(x) for j in range(padded.shape[1])]


def test_sequences_of_one_length_come_together(packed):
    images, sequences, time = packed
    seen = {}
    for index, values, lengths in time.by_length(images):
        assert lengths is None
        for i, value in zip(index.tolist(), values, strict=True):
            seen[i] = value
    assert sorted(seen) == list(range(len(sequences)))
    assert all(torch.equal(seen[i], x) for i, x in enumerate(sequences))


def test_images_take_the_type_of_the_network():
    frames = torch.ones(2, 3, 64, 64, dtype=torch.uint8)
    like = torch.zeros(1, dtype=torch.float64)
    images, time = packed_images(frames, torch.tensor([3, 1]), cut=True, like=like)
    assert images.shape == (4, 1, 64, 44)
    assert images.dtype == torch.float64
    assert time.n == 2
    with torch.autocast("cpu", torch.bfloat16):
        assert packed_images(frames, None, cut=False, like=like)[0].dtype == torch.bfloat16
    with pytest.raises(ShapeError):
        packed_images(frames[:, :, :32], None, cut=True, like=like)
