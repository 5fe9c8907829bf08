import hashlib

import pytest
import torch

from mimicgait.occlusion import seeded_uniforms
from mimicgait.types import SequenceKey

KEYS = [SequenceKey(f"p{i:05}", "nm-01", "090") for i in range(2000)]


def test_equals_the_hash_read_by_hand():
    digest = hashlib.shake_256(b'["probe", 7, "p1-nm-01-090"]').digest(24)
    expected = [(int.from_bytes(digest[8 * i : 8 * i + 8], "little") >> 11) / 2**53 for i in range(3)]
    assert seeded_uniforms(["p1-nm-01-090"], 7, 3, "probe").tolist() == [expected]


def test_the_numbers_of_every_release_are_these():
    # A published benchmark depends on them: never change these values.
    got = seeded_uniforms([SequenceKey("p00000", "nm-01", "000")], seed=0, draws=2)
    assert got.tolist() == [[0.4917178859830841, 0.981704483542792]]


def test_a_sequence_keeps_its_numbers_in_any_company():
    whole = seeded_uniforms(KEYS, 0, 6)
    assert whole.dtype == torch.float64
    assert torch.equal(seeded_uniforms(KEYS[::-1], 0, 6), whole.flip(0))
    assert torch.equal(seeded_uniforms(KEYS[5:6], 0, 2), whole[5:6, :2])
    assert torch.equal(seeded_uniforms([str(k) for k in KEYS[:9]], 0, 6), whole[:9])


def test_seed_name_and_key_all_count():
    base = seeded_uniforms(KEYS[:50], 0, 2, "probe")
    for other in (
        seeded_uniforms(KEYS[:50], 1, 2, "probe"),
        seeded_uniforms(KEYS[:50], 0, 2, "gallery"),
        seeded_uniforms(KEYS[50:100], 0, 2, "probe"),
    ):
        assert not (base == other).any()


@pytest.mark.parametrize("column", [0, 3])
def test_numbers_are_uniform_and_unrelated(column):
    values = seeded_uniforms(KEYS, 0, 4)
    assert values.min() >= 0
    assert values.max() < 1
    assert torch.histc(values[:, column], 10, 0, 1).min() > 150  # 200 expected
    assert torch.corrcoef(values.T).fill_diagonal_(0).abs().max() < 0.08


def test_none_of_either():
    assert seeded_uniforms([], 0, 3).shape == (0, 3)
    assert seeded_uniforms(KEYS[:2], 0, 0).shape == (2, 0)
