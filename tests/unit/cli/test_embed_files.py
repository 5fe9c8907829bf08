"""Files of signatures: what they hold, and that they appear whole or not at all."""

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from mimicgait.cli import embed as command
from mimicgait.errors import ConfigError
from mimicgait.types import Embeddings, SequenceKey

ABOUT = {"model": "runs/mimic", "fingerprint": "abc", "licence": "CC0-1.0"}


@pytest.fixture
def embeddings():
    """Return three signatures of four channels and two parts."""
    keys = tuple(SequenceKey(f"p{i}", "nm-01", "090") for i in range(3))
    return Embeddings(torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(0)), keys)


def test_npz_holds_signatures_keys_and_origin(embeddings, tmp_path):
    command.write(embeddings, tmp_path / "new" / "a.npz", ABOUT)
    with np.load(tmp_path / "new" / "a.npz", allow_pickle=False) as file:
        assert np.array_equal(file["embeddings"], embeddings.values.numpy())
        assert file["subject"].tolist() == ["p0", "p1", "p2"]
        assert {name: str(file[name]) for name in ABOUT} == ABOUT


def test_parquet_holds_one_row_a_sequence(embeddings, tmp_path):
    command.write(embeddings, tmp_path / "a.parquet", ABOUT)
    table = pq.read_table(tmp_path / "a.parquet")
    facts = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    shape = (-1, int(facts["channels"]), int(facts["parts"]))
    values = np.array(table["embedding"].to_pylist(), np.float32).reshape(shape)
    assert np.array_equal(values, embeddings.values.numpy())
    assert table["view"].to_pylist() == ["090"] * 3
    assert ABOUT.items() <= facts.items()


def test_a_write_that_fails_leaves_nothing_and_keeps_the_old_file(embeddings, tmp_path, monkeypatch):
    def fail(embeddings, keys, path, about):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(path))

    (tmp_path / "a.npz").write_bytes(b"old")
    monkeypatch.setattr(command, "_write_npz", fail)
    with pytest.raises(OSError, match="No space left"):
        command.write(embeddings, tmp_path / "a.npz", ABOUT)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.npz", b"old")]


def test_the_name_is_checked_before_the_work_begins(tmp_path):
    with pytest.raises(ConfigError, match=r"must end in \.npz or \.parquet"):
        command.check_out(tmp_path / "a.csv", overwrite=True)
    (tmp_path / "a.npz").touch()
    with pytest.raises(ConfigError, match="exists already"):
        command.check_out(tmp_path / "a.npz", overwrite=False)
    command.check_out(tmp_path / "a.npz", overwrite=True)
    (tmp_path / "b.npz").mkdir()
    with pytest.raises(ConfigError, match="exists already"):
        command.check_out(tmp_path / "b.npz", overwrite=True)
