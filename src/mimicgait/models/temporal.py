"""Where packed frames lie in time: what convolutions and pools along time need to know.

Frames are packed as `pack_frames` leaves them, sequence behind sequence without padding, so that single-frame
layers and BatchNorm see real frames only. A layer along time asks its `Timeline` for a view in which
neighbouring sequences cannot see each other.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn, unflatten

from mimicgait.models.base import as_images, check_frames, cut_columns, keeps_padding, pack_frames
from mimicgait.models.heads import packed_temporal_max
from mimicgait.types import frame_mask


class Timeline:
    """The lengths of n packed sequences; `lengths` is None where all of them are equally long.

    Equal lengths cost nothing: every method is then a view, or one pool over a view.
    """

    def __init__(self, n: int, lengths: Tensor | None, device: torch.device) -> None:
        self.n = n
        self.lengths = None if lengths is None else lengths.to(device)
        self._places: Tensor | None = None
        if self.lengths is not None:
            m = int(self.lengths.sum())
            sequence = torch.arange(n, device=device).repeat_interleave(self.lengths, output_size=m)
            self._places = torch.arange(m, device=device) + sequence

    def volumes(self, images: Tensor) -> Tensor:
        """Turn packed maps `[m, c, h, w]` into volumes `[b, c, t, h, w]` for kernels of three frames.

        Equal lengths: b = n. Otherwise b = 1 and t runs through all sequences, with a frame of zeros between
        neighbours: the zeros that a convolution would have padded on either side.
        """
        rows = images.permute(0, 2, 3, 1)  # a channels-last map is contiguous in this order
        if self._places is None:
            rows = unflatten(rows, 0, (self.n, -1))
        else:
            spaced = rows.new_zeros(len(rows) + self.n - 1, *rows.shape[1:])
            rows = spaced.index_copy(0, self._places, rows)[None]
        return rows.permute(0, 4, 1, 2, 3)

    def images(self, volumes: Tensor) -> Tensor:
        """Undo `volumes`: from `[b, c, t, h, w]` back to the packed `[m, c, h, w]`."""
        rows = volumes.permute(0, 2, 3, 4, 1).flatten(0, 1)
        if self._places is not None:
            rows = rows.index_select(0, self._places)
        return rows.permute(0, 3, 1, 2)

    def convolve(self, conv: nn.Conv2d, images: Tensor) -> Tensor:
        """Run a convolution along time alone, kernel (3, 1) over (t, h * w), on packed maps `[m, c, h, w]`.

        Two-dimensional, because a 3x1x1 kernel over volumes takes up to three times as long on a CPU.
        """
        volumes = self.volumes(images)
        return self.images(unflatten(conv(volumes.flatten(3)), 3, volumes.shape[3:]))

    def maximum(self, images: Tensor) -> Tensor:
        """Maximum over the frames of each sequence: packed maps `[m, c, h, w]` to `[n, c, h, w]`."""
        return packed_temporal_max(images, self.n, self.lengths)

    def reduce(self, conv: nn.Conv2d, images: Tensor) -> tuple[Tensor, "Timeline"]:
        """Run a convolution over consecutive triples of frames: kernel and stride (3, 1) over (t, h * w).

        What is left over at the end of a sequence is dropped; every sequence needs at least three frames.

        Returns:
            Packed maps, one a triple, and their timeline.
        """
        if self.lengths is None:
            volumes, after = self.volumes(images), self
        else:
            size = conv.kernel_size[0]
            real = frame_mask(self.lengths, int(self.lengths.max()))
            kept = frame_mask(self.lengths - self.lengths % size, real.shape[1])
            triples = unflatten(images[kept[real]].permute(0, 2, 3, 1), 0, (-1, size))
            volumes = triples.permute(0, 4, 1, 2, 3)
            after = Timeline(self.n, self.lengths // size, images.device)
        reduced = unflatten(conv(volumes.flatten(3)), 3, images.shape[2:])
        return reduced.permute(0, 2, 3, 4, 1).flatten(0, 1).permute(0, 3, 1, 2), after

    def padded(self, values: Tensor) -> tuple[Tensor, Tensor | None]:
        """Spread packed values `[m, ...]` to `[n, t, ...]`, with zeros behind the end of shorter sequences.

        Returns:
            The values, and bool `[n, t]`, true where a frame is real; None where all are.
        """
        if self.lengths is None:
            return unflatten(values, 0, (self.n, -1)), None
        real = frame_mask(self.lengths, int(self.lengths.max()))
        spread = values.new_zeros(*real.shape, *values.shape[1:])
        spread[real] = values
        return spread, real

    def by_length(self, values: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor | None]]:
        """Give the sequences of each length that occurs, `[k]`, together with their values `[k, t, ...]`.

        For layers whose result depends on the length of the sequence as a whole, such as window attention.
        The third of each is None where all t are real, else lengths `[k]`: the values are padded then.
        """
        if self.lengths is None:
            yield torch.arange(self.n, device=values.device), unflatten(values, 0, (self.n, -1)), None
            return
        first = self.lengths.cumsum(0) - self.lengths
        for length in sorted(set(self.lengths.tolist())):
            index = (self.lengths == length).nonzero().squeeze(1)
            yield index, values[first[index, None] + torch.arange(length, device=values.device)], None


class PaddedTimeline(Timeline):
    """The lengths of n sequences whose padding was kept: maps `[n * t, c, h, w]` (see `padding_kept`).

    Padding is set to zero wherever a layer would look at it from a real frame.
    """

    def __init__(self, n: int, lengths: Tensor | None, device: torch.device) -> None:
        super().__init__(n, None, device)
        self.lengths = None if lengths is None else lengths.to(device)

    def volumes(self, images: Tensor) -> Tensor:
        """Turn maps `[n * t, c, h, w]` into volumes `[n, c, t, h, w]`, zero where there is padding."""
        return self.padded(images)[0].transpose(1, 2)

    def images(self, volumes: Tensor) -> Tensor:
        """Undo `volumes`: from `[n, c, t, h, w]` back to `[n * t, c, h, w]`."""
        return volumes.transpose(1, 2).flatten(0, 1)

    def reduce(self, conv: nn.Conv2d, images: Tensor) -> tuple[Tensor, Timeline]:
        """Run a convolution over consecutive triples of frames; see `Timeline.reduce`."""
        volumes = unflatten(images, 0, (self.n, -1)).transpose(1, 2)
        reduced = unflatten(conv(volumes.flatten(3)), 3, images.shape[2:])
        lengths = None if self.lengths is None else self.lengths // conv.kernel_size[0]
        return self.images(reduced), PaddedTimeline(self.n, lengths, images.device)

    def padded(self, values: Tensor) -> tuple[Tensor, Tensor | None]:
        """Give values `[n * t, ...]` as `[n, t, ...]`, zero where there is padding; see `Timeline.padded`."""
        spread = unflatten(values, 0, (self.n, -1))
        if self.lengths is None:
            return spread, None
        real = frame_mask(self.lengths, spread.shape[1])
        return spread.masked_fill(~real.view(*real.shape, *[1] * (values.ndim - 1)), 0), real

    def by_length(self, values: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor | None]]:
        """Give all sequences at once, with their lengths; see `Timeline.by_length`."""
        yield torch.arange(self.n, device=values.device), self.padded(values)[0], self.lengths


def frame_sizes(cut: bool) -> tuple[tuple[int, int], ...]:
    """Give the heights and widths that a network takes: 44-wide frames only where it would cut to them."""
    return ((64, 64), (64, 44)) if cut else ((64, 64),)


def packed_images(
    frames: Tensor, lengths: Tensor | None, *, cut: bool, like: Tensor
) -> tuple[Tensor, Timeline]:
    """Check frames `[n, t, 64, 64]`, cut them if wanted, and pack them as images `[m, 1, h, w]`.

    Args:
        frames: uint8 {0, 1} or float in [0, 1]; 44-wide ones are taken as they are where `cut` is on.
        lengths: None, or integers `[n]`.
        cut: take the middle 44 columns of 64-wide frames.
        like: a parameter of the network; the images get its type, or autocast's.

    Raises:
        ShapeError: if frames or lengths have another shape or type.
    """
    check_frames(frames, lengths, frame_sizes(cut))
    packed, lengths = pack_frames(cut_columns(frames) if cut else frames, lengths)
    kind = PaddedTimeline if keeps_padding() else Timeline
    return as_images(packed, like=like), kind(frames.shape[0], lengths, frames.device)
