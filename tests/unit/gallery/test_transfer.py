"""Carried away and brought back: exports, imports, and templates of a new network."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from mimicgait.errors import ConfigError, DataError
from mimicgait.gallery import (
    Gallery,
    Imported,
    Observer,
    Reembedded,
    Signature,
    export_gallery,
    import_gallery,
    new_key,
    reembed,
)
from mimicgait.models.backbones import GaitBase
from mimicgait.types import SequenceKey, Silhouettes

FRAMES = np.random.default_rng(0).integers(2, size=(4, 64, 64), dtype=np.uint8)


def walk(number, model="m", kept=True):
    values = np.random.default_rng(number).normal(size=(8, 4))
    return Signature(
        values=values,
        model=model,
        frames=4,
        hidden=0.1,
        source=f"{number}.mp4",
        silhouettes=FRAMES if kept else None,
    )


@pytest.fixture
def gallery(tmp_path):
    with Gallery(tmp_path / "people.db", key="") as opened:
        opened.enroll("ann", [walk(0), walk(1, kept=False)], consent="form 1")
        opened.enroll("bob", [walk(2, "other"), walk(3)], consent="form 2")
        yield opened


@pytest.mark.parametrize("keys", [("", ""), ("", "B"), ("A", "A")])
def test_an_export_comes_back_as_it_was(tmp_path, gallery, keys):
    made = {"A": new_key(), "B": new_key(), "": ""}
    first, second = (made[key] for key in keys)
    with (
        Gallery(tmp_path / "first.db", key=first) as origin,
        Gallery(tmp_path / "second.db", key=second) as copy,
    ):
        export_gallery(gallery, tmp_path / "plain.parquet")
        import_gallery(origin, tmp_path / "plain.parquet")
        assert export_gallery(origin, tmp_path / "x.parquet") == 2
        assert import_gallery(copy, tmp_path / "x.parquet") == Imported(people=2, walks=4, known=0)
        assert copy.people() == gallery.people()
        assert copy.identify(walk(3)).candidates == gallery.identify(walk(3)).candidates
        again = import_gallery(copy, tmp_path / "x.parquet")
        assert again == Imported(people=0, walks=0, known=4)
        assert (tmp_path / "x.parquet").stat().st_mode & 0o777 == 0o600


def test_only_those_asked_for_are_exported(tmp_path, gallery):
    assert export_gallery(gallery, tmp_path / "x.parquet", people=["bob"]) == 1
    assert set(pq.read_table(tmp_path / "x.parquet")["person"].to_pylist()) == {"bob"}
    with pytest.raises(DataError, match="nobody called 'eve'"):
        export_gallery(gallery, tmp_path / "y.parquet", people=["bob", "eve"])
    assert not (tmp_path / "y.parquet").exists()


def test_people_of_the_same_name_are_not_mixed_by_accident(tmp_path, gallery):
    with Gallery(tmp_path / "other.db", key="") as other:
        other.enroll("ann", [walk(9)], consent="another ann")
        other.enroll("zoe", [walk(10)], consent="form")
        export_gallery(other, tmp_path / "x.parquet")
    with pytest.raises(ConfigError, match="ann is enrolled here already"):
        import_gallery(gallery, tmp_path / "x.parquet")
    assert gallery.person("zoe") is None
    assert import_gallery(gallery, tmp_path / "x.parquet", merge=True) == Imported(people=1, walks=2, known=0)
    assert len(gallery.person("ann").walks) == 3
    assert gallery.person("ann").consent == "form 1"


def test_what_cannot_be_imported_is_refused_and_nothing_of_it_stays(tmp_path, gallery):
    (tmp_path / "x.parquet").write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="cannot be read as an export"):
        import_gallery(gallery, tmp_path / "x.parquet")
    with pytest.raises(DataError, match="cannot be read"):
        import_gallery(gallery, tmp_path / "absent.parquet")
    with (
        Gallery(tmp_path / "sealed.db", key=new_key()) as sealed,
        Gallery(tmp_path / "new.db", key=new_key()) as new,
    ):
        sealed.enroll("cat", [walk(5)], consent="form")
        export_gallery(sealed, tmp_path / "s.parquet")
        kept = pq.read_table(tmp_path / "s.parquet")["template"][0].as_py()
        assert walk(5).values.tobytes() not in kept
        with pytest.raises(ConfigError, match="is encrypted"):
            import_gallery(gallery, tmp_path / "s.parquet")
        with pytest.raises(DataError, match="do not open"):
            import_gallery(new, tmp_path / "s.parquet")
    export_gallery(gallery, tmp_path / "g.parquet")
    table = pq.read_table(tmp_path / "g.parquet")
    words = table.schema.set(table.schema.get_field_index("frames"), pa.field("frames", pa.string()))
    pq.write_table(table.cast(words), tmp_path / "bad.parquet")
    with pytest.raises(DataError, match="is no export of a gallery"):
        import_gallery(gallery, tmp_path / "bad.parquet")
    for column, value, message in (
        ("template", b"short", "template of walk .* is damaged"),
        ("silhouettes", b"no zlib", "silhouettes of walk .* are damaged"),
        ("person", " ", "a name has 1 to 200"),
        ("frames", None, "row of walk .* is damaged"),
        ("frames", -1, "row of walk .* is damaged"),
        ("channels", -4, "row of walk .* is damaged"),
        ("parts", None, "row of walk .* is damaged"),
        ("model", None, "row of walk .* is damaged"),
    ):
        table = pq.read_table(tmp_path / "g.parquet")
        rows = table.to_pylist()
        rows[-1][column] = value
        pq.write_table(type(table).from_pylist(rows, table.schema), tmp_path / "bad.parquet")
        with Gallery(tmp_path / f"{column} {value}.db", key="") as fresh:
            with pytest.raises((DataError, ConfigError), match=message):
                import_gallery(fresh, tmp_path / "bad.parquet")
            assert len(fresh) == 0


def test_a_new_network_replaces_what_it_can_and_counts_the_rest(gallery):
    torch.manual_seed(0)
    network = Observer(GaitBase(width="tiny"))
    assert reembed(gallery, network) == Reembedded(done=3, stale=1)
    assert reembed(gallery, network) == Reembedded(done=0, stale=1)
    assert {found.hash: found.templates for found in gallery.models()} == {network.model: 3, "m": 1}
    (probe,) = network([Silhouettes(SequenceKey("a", "b", "c"), FRAMES)])
    ranking = gallery.identify(probe)
    assert ranking.candidates[0].distance == pytest.approx(0, abs=1e-2)
    assert (ranking.searched, ranking.stale) == (2, 0)
    assert [w.models for w in gallery.person("ann").walks] == [(network.model,), ("m",)]
