import json

import pytest

from mimicgait.errors import ConfigError, DataError
from mimicgait.training import folder as folders
from mimicgait.training.folder import RunFolder


def test_the_same_settings_may_begin_again_and_others_are_refused_by_name(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.claim({"loop": {"steps": 5}, "margin": 0.2})
    folder.claim({"loop": {"steps": 5}, "margin": 0.2})
    with pytest.raises(ConfigError, match="other settings \\(margin\\)"):
        folder.claim({"loop": {"steps": 5}, "margin": 0.1})


def test_a_setting_that_an_older_version_did_not_know_counts_as_its_default(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.claim({"margin": 0.2})
    folder.claim({"margin": 0.2, "loss": "mickd"}, {"loss": "mickd", "margin": 0.9})
    with pytest.raises(ConfigError, match="other settings \\(loss\\)"):
        folder.claim({"margin": 0.2, "loss": "l2"}, {"loss": "mickd"})
    with pytest.raises(ConfigError, match="other settings \\(margin\\)"):
        folder.claim({"loss": "mickd"}, {"loss": "mickd", "margin": 0.2})


def test_environment_says_versions_data_and_seed(tmp_path):
    folder = RunFolder(tmp_path)
    folder.note_environment("abc", 7)
    found = json.loads((tmp_path / "environment.json").read_text())
    assert found["data"] == "abc"
    assert found["seed"] == 7
    assert found["versions"]["torch"]


def test_a_run_knows_every_state_of_the_code_that_has_trained_it(tmp_path, monkeypatch):
    run = RunFolder(tmp_path)
    assert run.codes() == []
    for state in ("old", "old", "new", "old"):
        monkeypatch.setattr(folders, "hash_code", lambda state=state: state)
        run.note_environment("abc", 7)
    assert run.codes() == ["old", "new"]


def test_only_whole_checkpoints_count_and_the_last_two_are_kept(tmp_path):
    folder = RunFolder(tmp_path)
    assert folder.last_checkpoint() is None
    for step in (10, 20, 30):
        scratch = folder.scratch()
        (scratch / "weights").write_text(str(step))
        folder.keep(scratch, step)
    (folder.scratch() / "weights").write_text("half written")
    step, path = folder.last_checkpoint()
    assert (step, (path / "weights").read_text()) == (30, "30")
    assert sorted(p.name for p in path.parent.glob("0*")) == ["0000020", "0000030"]


def test_the_log_forgets_what_a_resumed_run_will_write_again(tmp_path):
    folder = RunFolder(tmp_path)
    for step in (1, 2, 3):
        folder.append({"step": step, "loss": 1.0})
    folder.rewind(2)
    assert [r["step"] for r in folder.records()] == [1, 2]


def test_a_last_line_cut_short_is_left_out_and_an_earlier_one_is_an_error(tmp_path):
    folder = RunFolder(tmp_path)
    folder.log.write_text('{"step": 1}\n{"st')
    assert folder.records() == [{"step": 1}]
    folder.log.write_text('{"st\n{"step": 2}\n')
    with pytest.raises(DataError, match="line 1"):
        folder.records()
