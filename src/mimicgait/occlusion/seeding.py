"""Draws that belong to a sequence and a seed, so that an evaluation can be repeated anywhere."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mimicgait.types import SequenceKey


def seeded_uniforms(keys: Sequence[SequenceKey | str], seed: int, draws: int, name: str = "") -> Tensor:
    """Return uniform numbers in [0, 1), float64 `[n, draws]`, from a hash of the name, the seed and each key.

    A sequence gets the same numbers on every machine, in any order and beside any other sequences; with more
    draws it gets the same first ones. `name` keeps apart what must be drawn independently, such as gallery
    and probe.

    >>> both = seeded_uniforms(["a", "b"], seed=0, draws=2)
    >>> bool((seeded_uniforms(["b"], seed=0, draws=1) == both[1:, :1]).all())
    True
    """
    values = np.empty((len(keys), draws))
    for row, key in enumerate(keys):
        text = json.dumps([name, int(seed), str(key)])
        words = np.frombuffer(hashlib.shake_256(text.encode()).digest(8 * draws), dtype="<u8")
        values[row] = (words >> 11) * 2.0**-53  # the 53 bits that a float64 in [0, 1) holds
    return torch.from_numpy(values)
