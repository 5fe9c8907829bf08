"""Templates in memory, laid out for the part-wise distances: one run of memory a part."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mimicgait.gallery.queries import TemplateChunk

ROWS = 4096
"""Templates in a block: 8 MB in float16 at 64 x 16, of which one at a time is widened to float32."""

Ids = npt.NDArray[np.int64]


class Block(NamedTuple):
    """Some templates: ids int64 `[n]`, people int64 `[n]`, values `[n, c, p]` float32."""

    ids: Ids
    people: Ids
    values: Tensor


class TemplateMatrix:
    """Templates `[n, c, p]` in float16, ascending by id, kept as `[p, rows, c]` in blocks of 4096 rows.

    Blocks spare the copy of everything when something is added, and of most when something is removed.

    Args:
        channels: c of the templates.
        parts: p of them.
    """

    def __init__(self, channels: int, parts: int) -> None:
        self.channels, self.parts = channels, parts
        self._ids: list[Ids] = []
        self._people: list[Ids] = []
        self._values: list[npt.NDArray[np.float16]] = []

    def __len__(self) -> int:
        return sum(map(len, self._ids))

    @property
    def ids(self) -> Ids:
        """The ids of all templates, int64 `[n]`, ascending."""
        return np.concatenate([np.empty(0, np.int64), *self._ids])

    @property
    def people(self) -> Ids:
        """The person of every template, int64 `[n]`."""
        return np.concatenate([np.empty(0, np.int64), *self._people])

    def append(self, chunk: TemplateChunk) -> None:
        """Add templates whose ids are larger than all that are here."""
        start = 0
        while start < len(chunk.ids):
            if not self._ids or len(self._ids[-1]) == ROWS:
                self._ids.append(np.empty(0, np.int64))
                self._people.append(np.empty(0, np.int64))
                self._values.append(np.empty((self.parts, ROWS, self.channels), np.float16))
            used = len(self._ids[-1])
            rows = slice(start, start + ROWS - used)
            count = len(chunk.ids[rows])
            self._values[-1][:, used : used + count] = chunk.values[rows].transpose(2, 0, 1)
            self._ids[-1] = np.concatenate([self._ids[-1], chunk.ids[rows]])
            self._people[-1] = np.concatenate([self._people[-1], chunk.people[rows]])
            start += count

    def keep(self, ids: Ids) -> Ids:
        """Drop the templates whose ids are not given, overwrite them in memory, and return their ids."""
        dropped = []
        for i, own in enumerate(self._ids):
            stay = np.isin(own, ids, assume_unique=True)
            if stay.all():
                continue
            dropped.append(own[~stay])
            count = int(stay.sum())
            self._values[i][:, :count] = self._values[i][:, : len(own)][:, stay]
            self._values[i][:, count:] = 0
            self._ids[i], self._people[i] = own[stay], self._people[i][stay]
        filled = [i for i, own in enumerate(self._ids) if len(own)]
        self._ids, self._people = [self._ids[i] for i in filled], [self._people[i] for i in filled]
        self._values = [self._values[i] for i in filled]
        return np.concatenate([np.empty(0, np.int64), *dropped])

    def blocks(self) -> Iterator[Block]:
        """Yield all templates, block by block, widened to float32."""
        for ids, people, values in zip(self._ids, self._people, self._values, strict=True):
            yield Block(ids, people, _widened(values[:, : len(ids)]))

    def select(self, ids: Ids) -> Block:
        """Return the templates of given ids, as far as they are here, ascending by id."""
        ids = np.sort(ids)
        parts = []
        for own, people, values in zip(self._ids, self._people, self._values, strict=True):
            wanted = ids[np.searchsorted(ids, own[0]) : np.searchsorted(ids, own[-1], side="right")]
            rows = np.searchsorted(own, wanted)
            rows = rows[own[rows] == wanted]
            if len(rows):
                parts.append((own[rows], people[rows], values[:, rows]))
        if not parts:
            none = np.empty(0, np.int64)
            return Block(none, none, torch.empty(0, self.channels, self.parts))
        all_ids, all_people, all_values = zip(*parts, strict=True)
        return Block(
            np.concatenate(all_ids), np.concatenate(all_people), _widened(np.concatenate(all_values, axis=1))
        )


def _widened(values: npt.NDArray[np.float16]) -> Tensor:
    """View `[p, n, c]` as float32 `[n, c, p]`, each part in one run of memory."""
    return torch.from_numpy(np.ascontiguousarray(values)).float().permute(1, 2, 0)
