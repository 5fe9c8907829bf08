from itertools import product

import pytest
import torch
from torch.nn.functional import gelu

from mimicgait.models.swin import (
    DropPath,
    SwinBlock,
    join_windows,
    relative_positions,
    shifted_regions,
    split_windows,
)

WINDOW = (3, 3, 5)


def slow_attention(attention, tokens, places, positions):
    """Attention among the given tokens `[k, c]` of one window; `places` are their places inside it."""
    c = tokens.shape[-1]
    d = c // attention.heads
    q, k, v = attention.qkv(tokens).split(c, dim=-1)
    heads = []
    for head in range(attention.heads):
        part = slice(head * d, (head + 1) * d)
        scores = torch.zeros(len(tokens), len(tokens), dtype=tokens.dtype)
        for i, j in product(range(len(tokens)), repeat=2):
            bias = attention.bias[positions[places[i], places[j]], head]
            scores[i, j] = (q[i, part] * k[j, part]).sum() / d**0.5 + bias
        heads.append(scores.softmax(-1) @ v[:, part])
    return attention.projection(torch.cat(heads, dim=-1))


def slow_block(block, x):
    """One block on tokens `[t, h, w, c]`: windows and neighbours found by counting."""
    t, h, w, c = x.shape
    window = (min(3, t), 3, 5)
    normed = torch.cat([block.norm1(x), torch.zeros(-t % window[0], h, w, c, dtype=x.dtype)])
    extent = normed.shape[:3]
    shift = (1 if t > 3 else 0, 1, 2) if block.shifted else (0, 0, 0)
    members = {}
    for spot in product(*(range(size) for size in extent)):
        # Where the token is after the roll; tokens that the roll took around the border form a group apart.
        rolled = [(s - d) % size for s, d, size in zip(spot, shift, extent, strict=True)]
        group = tuple(
            (r // n, r >= size - d) for r, n, d, size in zip(rolled, window, shift, extent, strict=True)
        )
        place = [r % n for r, n in zip(rolled, window, strict=True)]
        members.setdefault(group, []).append((spot, place[0] * 15 + place[1] * 5 + place[2]))
    attended = torch.zeros_like(normed)
    for group in members.values():
        spots, places = zip(*group, strict=True)
        tokens = torch.stack([normed[spot] for spot in spots])
        for spot, value in zip(
            spots, slow_attention(block.attention, tokens, places, relative_positions()), strict=True
        ):
            attended[spot] = value
    x = x + attended[:t]
    return x + block.narrow(gelu(block.widen(block.norm2(x))))


@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize("t", [2, 3, 4])
def test_block_is_its_slow_twin(shifted, t):
    torch.manual_seed(2)
    block = SwinBlock(32, shifted=shifted, drop_path=0.0).double().eval()
    torch.nn.init.normal_(block.attention.bias)
    x = torch.randn(1, t, 6, 10, 32, dtype=torch.float64)
    with torch.no_grad():
        expected = torch.stack([slow_block(block, sequence) for sequence in x])
        torch.testing.assert_close(block(x), expected)


def test_windows_and_back():
    x = torch.arange(2 * 6 * 6 * 10 * 2).view(2, 6, 6, 10, 2)
    windows = split_windows(x, WINDOW)
    assert windows.shape == (2, 8, 45, 2)
    assert torch.equal(windows[0, 0], x[0, :3, :3, :5].flatten(0, 2))
    assert torch.equal(join_windows(windows, (6, 6, 10), WINDOW), x)


def test_relative_positions_by_hand():
    table = relative_positions()
    assert table.shape == (45, 45)
    assert set(table.diagonal().tolist()) == {112}  # no offset: the middle of 5 x 5 x 9 offsets
    assert table[0, 1] == 111  # one column to the right
    assert table[0, 44] == 0  # the far corner
    assert table[44, 0] == 224


def test_regions_keep_opposite_borders_apart():
    regions = shifted_regions((6, 3, 5), WINDOW, (1, 0, 0), torch.device("cpu"))
    per_frame = regions[:, 0, 0].tolist()
    assert len(set(per_frame[3:5])) == 1
    assert per_frame[5] != per_frame[4]  # the frame that the roll took from the start to the end


def test_drop_path_keeps_the_mean_and_only_trains():
    torch.manual_seed(0)
    drop = DropPath(0.25)
    x = torch.ones(4000, 2)
    dropped = drop.train()(x)
    assert set(dropped.unique().tolist()) == {0.0, (torch.ones(()) / 0.75).item()}
    assert dropped.mean().item() == pytest.approx(1, abs=0.05)
    assert torch.equal(dropped[:, 0], dropped[:, 1])
    assert drop.eval()(x) is x
