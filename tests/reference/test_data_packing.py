"""Packed frames against a slow twin."""

import numpy as np
import torch

from mimicgait.data import pack_frames, unpack_frames


def test_a_byte_holds_eight_pixels_of_a_row_the_left_one_highest():
    frames = np.random.default_rng(0).integers(0, 2, (2, 64, 64), dtype=np.uint8)
    packed = [
        [
            sum(int(frame[y, 8 * byte + bit]) << (7 - bit) for bit in range(8))
            for y in range(64)
            for byte in range(8)
        ]
        for frame in frames
    ]
    assert pack_frames(frames).tolist() == packed
    assert np.array_equal(unpack_frames(torch.tensor(packed, dtype=torch.uint8)).numpy(), frames)
