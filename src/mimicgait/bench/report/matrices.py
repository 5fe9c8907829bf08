"""Gallery-by-probe tables as heat maps: the mean over the training seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mimicgait.bench.methods import find_method


@dataclass(frozen=True, slots=True)
class Heat:
    """One method's table.

    Attributes:
        title: the method.
        probe: what hides the probes, one a column.
        rows: what hides the gallery, and rank-1 of each column as a share; the teacher's gallery comes last.
    """

    title: str
    probe: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


def heat_tables(tables: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Heat]]]:
    """Return the tables of `bench.json` by backbone."""
    found: dict[str, list[Heat]] = {}
    for each in tables:
        seeds = each["training_seeds"]
        values = np.mean([table["rank1"] for table in seeds], axis=0)
        rows = tuple(
            (name, tuple(row)) for name, row in zip(seeds[0]["gallery"], values.tolist(), strict=True)
        )
        title = find_method(each["method"]).title
        found.setdefault(each["backbone"], []).append(Heat(title, tuple(seeds[0]["probe"]), rows))
    return list(found.items())
