"""The promise of suites: the same suite and seed hide the same bits, in any batch, process and device."""

import hashlib
import json
import multiprocessing
from pathlib import Path

import pytest
import torch

from mimicgait.evaluation.suites import MATRIX, SUITES, find_suite
from mimicgait.occlusion import seeded_uniforms

EVERY = [*SUITES, MATRIX.name]
GOLDEN = Path(__file__).with_name("suite_frames.json")
"""A hash of occluded frames for each version of each suite. A suite that gives other frames needs a new
version, and then a line here: `python tests/contract/test_suites_repeat.py` writes them."""

KEYS = [f"p{i:03d}-nm-0{i % 4 + 1}-{18 * i:03d}" for i in range(8)]
LENGTHS = [12, 3, 9, 12, 1, 7, 12, 10]
SEED = 7


def people():
    """Make eight sequences uint8 `[8, 12, 64, 64]`: two legs that swing under a body; whole numbers only."""
    y, x = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    frames = torch.zeros(8, 12, 64, 64, dtype=torch.uint8)
    for i in range(8):
        for t in range(LENGTHS[i]):
            swing = abs((3 * t + 2 * i) % 16 - 8) * (y - 32).clamp_min(0) // 32
            legs = (((x - 32 - swing).abs() < 4) | ((x - 32 + swing).abs() < 4)) & (y >= 32)
            body = ((x - 32).abs() < 6 + i % 3) & (y >= 10) & (y < 34)
            frames[i, t] = legs | body | ((x - 32) ** 2 + (y - 6) ** 2 < 36)
    return frames


def occluded(name, batch=8, order=tuple(range(8)), device="cpu"):
    """Return a hash for each sequence: all cases of a suite, batch by batch, in an order."""
    suite, frames, lengths = find_suite(name), people(), torch.tensor(LENGTHS)
    hashes = {i: hashlib.sha256() for i in range(8)}
    for label, occlusion in sorted(suite.cases.items()):
        if occlusion is None:
            continue
        for start in range(0, 8, batch):
            rows = torch.tensor(order[start : start + batch])
            most = int(lengths[rows].max())
            draws = seeded_uniforms([KEYS[i] for i in rows], SEED, occlusion.draws, suite.name)
            seen = occlusion.apply(frames[rows, :most].to(device), draws.to(device), lengths[rows].to(device))
            for place, i in enumerate(rows.tolist()):
                hashes[i].update(label.encode())
                for part in (seen.frames, seen.visible):
                    hashes[i].update(part[place, : LENGTHS[i]].cpu().to(torch.uint8).numpy().tobytes())
                hashes[i].update(repr((int(seen.kind[place]), float(seen.amount[place]))).encode())
    return [hashes[i].hexdigest() for i in range(8)]


def digest(name):
    """Return one hash for a suite."""
    return hashlib.sha256("".join(occluded(name)).encode()).hexdigest()[:16]


def line(name):
    """Name a version of a suite by what decides its frames."""
    suite = find_suite(name)
    return f"{name} v{suite.version} {suite.hash}"


@pytest.fixture(scope="module")
def once():
    return {name: occluded(name) for name in EVERY}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("batch", "order"), [(1, range(8)), (3, (5, 2, 7, 0, 6, 1, 4, 3)), (8, range(7, -1, -1))]
)
def test_any_batch_and_order_give_the_same_bits(once, name, batch, order):
    assert occluded(name, batch, tuple(order)) == once[name]


@pytest.mark.slow
def test_another_process_gives_the_same_bits(once):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert dict(zip(EVERY, pool.map(occluded, EVERY), strict=True)) == once


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("name", EVERY)
def test_a_gpu_gives_the_same_bits(once, name):
    assert occluded(name, batch=3, device="cuda") == once[name]


@pytest.mark.parametrize("name", EVERY)
def test_a_version_of_a_suite_never_changes(name):
    golden = json.loads(GOLDEN.read_text())
    assert line(name) in golden, f"{line(name)} is new: give it a new version, and write its frames' hash"
    assert digest(name) == golden[line(name)], f"{name} gives other frames: give it a new version"


def test_suites_draw_independently(once):
    assert len({tuple(hashes) for hashes in once.values()}) == len(EVERY)


if __name__ == "__main__":
    known = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    GOLDEN.write_text(json.dumps({**known, **{line(name): digest(name) for name in EVERY}}, indent=1) + "\n")
