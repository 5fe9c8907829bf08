import os
from pathlib import Path

import pytest

from mimicgait.data.staging import staged_folder
from mimicgait.errors import DataError


def write(target: Path, text: str = "whole", **settings):
    with staged_folder(target, **settings) as folder:
        (folder / "file").write_text(text)


def test_the_folder_appears_at_the_end_and_alone(tmp_path):
    target = tmp_path / "new" / "target"
    with staged_folder(target) as folder:
        (folder / "file").write_text("whole")
        assert not target.exists()
    assert (target / "file").read_text() == "whole"
    assert os.listdir(target.parent) == ["target"]


def write_half(target: Path, error: type[BaseException], **settings):
    with staged_folder(target, **settings) as folder:
        (folder / "file").write_text("half")
        raise error("stop")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, DataError])
def test_nothing_stays_behind_after_an_error(tmp_path, error):
    with pytest.raises(error):
        write_half(tmp_path / "target", error)
    assert os.listdir(tmp_path) == []


def test_an_existing_folder_is_safe(tmp_path):
    write(tmp_path / "target")
    with pytest.raises(DataError, match="exists already"):
        write(tmp_path / "target", "other")
    with pytest.raises(DataError, match="will not be overwritten"):
        write(tmp_path / "target", "other", replaces="another file")
    assert (tmp_path / "target" / "file").read_text() == "whole"
    assert os.listdir(tmp_path) == ["target"]


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "target").mkdir()
    write(tmp_path / "target")
    assert (tmp_path / "target" / "file").read_text() == "whole"


def test_a_folder_that_appears_meanwhile_is_safe(tmp_path):
    late = staged_folder(tmp_path / "target")
    late.__enter__()
    write(tmp_path / "target", "first")
    with pytest.raises(DataError, match="exists already"):
        late.__exit__(None, None, None)
    assert (tmp_path / "target" / "file").read_text() == "first"
    assert os.listdir(tmp_path) == ["target"]


def test_overwriting_replaces_the_whole_folder(tmp_path):
    write(tmp_path / "target")
    (tmp_path / "target" / "rest").touch()
    write(tmp_path / "target", "new", replaces="file")
    assert (tmp_path / "target" / "file").read_text() == "new"
    assert os.listdir(tmp_path / "target") == ["file"]
    assert os.listdir(tmp_path) == ["target"]


def test_failed_overwriting_keeps_the_old_folder(tmp_path):
    write(tmp_path / "target")
    with pytest.raises(ValueError), staged_folder(tmp_path / "target", replaces="file"):
        raise ValueError
    assert (tmp_path / "target" / "file").read_text() == "whole"


def test_a_link_is_followed(tmp_path):
    write(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "new", replaces="file")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").read_text() == "new"


def test_what_killed_writers_left_is_removed_but_not_what_others_write(tmp_path):
    abandoned = tmp_path / ".target.once-0123.partial"
    abandoned.mkdir()
    other = tmp_path / ".target2.once-0123.partial"
    other.mkdir()
    with staged_folder(tmp_path / "target") as first:
        assert not abandoned.exists()
        with pytest.raises(ZeroDivisionError):
            write_half(tmp_path / "target", ZeroDivisionError)
        assert first.is_dir()
    assert other.exists()


def test_a_name_with_pattern_characters(tmp_path):
    write(tmp_path / "a[b]*")
    assert (tmp_path / "a[b]*" / "file").is_file()


def test_a_token_goes_on_with_what_is_there(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "target", KeyboardInterrupt, token="same")
    with staged_folder(tmp_path / "target", token="same") as folder:
        assert (folder / "file").read_text() == "half"
    assert os.listdir(tmp_path) == ["target"]


def test_another_token_starts_from_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "target", KeyboardInterrupt, token="same")
    with staged_folder(tmp_path / "target", token="other") as folder:
        assert os.listdir(folder) == []
    assert os.listdir(tmp_path) == ["target"]


@pytest.mark.parametrize("token", ["other", ""])
def test_a_mistake_does_not_cost_what_was_written_before_it(tmp_path, token):
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "target", KeyboardInterrupt, token="same")
    with pytest.raises(DataError):
        write_half(tmp_path / "target", DataError, token=token)
    with staged_folder(tmp_path / "target", token="same") as folder:
        assert (folder / "file").read_text() == "half"
    assert os.listdir(tmp_path) == ["target"]


def test_bad_data_leaves_nothing_in_spite_of_a_token(tmp_path):
    with pytest.raises(DataError), staged_folder(tmp_path / "target", token="same"):
        raise DataError("bad")
    assert os.listdir(tmp_path) == []


def test_two_writers_with_one_token(tmp_path):
    with staged_folder(tmp_path / "target", token="same") as folder:
        (folder / "file").touch()
        with (
            pytest.raises(DataError, match="being written by another process"),
            staged_folder(tmp_path / "target", token="same"),
        ):
            pass
        assert (folder / "file").exists()
    assert (tmp_path / "target" / "file").exists()


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written"):
        write(tmp_path / "file" / "target")
