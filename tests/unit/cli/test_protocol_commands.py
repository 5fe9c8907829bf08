"""`evaluate --protocol`, `protocols` and `submission`, from words to files."""

import json

import numpy as np
import pytest
import torch

from mimicgait.cli.evaluate import EvaluateConfig
from mimicgait.cli.main import main
from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.errors import ConfigError
from mimicgait.models import save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.types import SequenceKey, Silhouettes


def write_store(path, keys):
    rng = np.random.default_rng(0)
    with StoreWriter(path, name=path.name, licence="CC0") as writer:
        for key in keys:
            writer.add(Silhouettes(SequenceKey(*key), (rng.random((2, 64, 64)) < 0.3).astype(np.uint8)))


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("room")
    torch.manual_seed(0)
    for name in ("teacher", "mimic"):
        save_model(GaitBase(width="tiny"), folder / name)
    types = ("nm-01", "nm-05", "bg-01", "cl-01")
    write_store(folder / "casia", [(p, t, v) for p in ("075", "076") for t in types for v in ("000", "090")])
    grew = [(f"{p:05d}", t, f"{p}x{t}") for p in range(1, 11) for t in ("01", "02")]
    write_store(folder / "grew", [*grew, ("probe", "03", "aaa"), ("probe", "03", "bbb")])
    return folder


@pytest.fixture
def run(room, monkeypatch, capsys):
    monkeypatch.chdir(room)

    def call(*words):
        code = main([str(word) for word in words])
        return (code, *capsys.readouterr())

    return call


def test_every_condition_of_a_protocol_is_judged(run, tmp_path):
    words = ["evaluate", "--protocol", "casia-b", "--sweeps", "false", "--seeds", "[0]", "--store", "casia"]
    words += [
        "--model",
        "mimic",
        "--teacher",
        "teacher",
        "--cache",
        tmp_path / "cache",
        "--out",
        tmp_path / "r",
    ]
    code, out, err = run(*words, "--scores", tmp_path / "scores")
    assert code == 0, err
    assert out.count(" complete ") == 6
    assert "absent: miss; views: pairs; ties: pessimistic; distance: PartwiseEuclidean\n" in out
    found = json.loads((tmp_path / "r" / "protocol.json").read_text())
    assert found["networks"]["mimic"]["complete"].keys() == {"NM", "BG", "CL"}
    assert found["tests"]["against"]["Baseline-1 (teacher)"]["complete"]["NM"]
    assert (tmp_path / "scores" / "BG" / "genuine.txt").stat().st_size > 0
    assert len(list((tmp_path / "cache").iterdir())) == 4
    code, _, err = run(*words)
    assert (code, "holds a report" in err) == (2, True)


@pytest.mark.parametrize(
    ("protocol", "store", "said"),
    [
        ("oumvlp", "casia", "does not know 4 of the types in the data: bg-01"),
        ("casia", "casia", "no protocol 'casia': did you mean 'casia-"),
        ("gait3d", "casia", "lists as PROBE_SET: give that file (--partition)"),
        ("grew", "grew", "mimicgait submission write"),
        ("absent.yaml", "casia", "absent.yaml"),
    ],
)
def test_protocol_that_does_not_fit(run, tmp_path, protocol, store, said):
    words = ["--model", "mimic", "--store", store, "--out", tmp_path / "r"]
    code, out, err = run("evaluate", "--protocol", protocol, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert not (tmp_path / "r").exists()


def test_partition_of_other_people(run, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({"TRAIN_SET": [], "TEST_SET": ["999"]}))
    words = [
        "--model",
        "mimic",
        "--store",
        "casia",
        "--out",
        tmp_path / "r",
        "--partition",
        tmp_path / "p.json",
    ]
    code, _, err = run("evaluate", "--protocol", "casia-b", *words)
    assert (code, "none of the 1 people" in err) == (2, True), err


def test_people_who_are_missing_are_counted(run, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({"TRAIN_SET": [], "TEST_SET": ["075", "076", "077", "078"]}))
    words = [
        "--model",
        "mimic",
        "--store",
        "casia",
        "--out",
        tmp_path / "r",
        "--partition",
        tmp_path / "p.json",
    ]
    code, out, err = run("evaluate", "--protocol", "casia-b", "--sweeps", "false", "--seeds", "[0]", *words)
    assert code == 0, err
    assert "failure to enrol: 50.00 % of the people, 077, 078\n" in out
    found = json.loads((tmp_path / "r" / "protocol.json").read_text())
    assert found["failure_to_enrol"] == {"rate": 0.5, "people": ["077", "078"]}


def test_settings_that_need_a_protocol(tmp_path):
    paths = {"model": tmp_path / "m", "store": tmp_path / "s", "out": tmp_path / "o"}
    with pytest.raises(ConfigError, match="say --protocol too"):
        EvaluateConfig(**paths, sweeps=False)
    with pytest.raises(ConfigError, match="leave out --gallery"):
        EvaluateConfig(**paths, protocol="casia-b", gallery=("nm-01",))


def test_submission_is_written_checked_and_not_replaced(run, tmp_path):
    out = tmp_path / "submission.csv"
    code, said, err = run("submission", "write", out, "--model", "mimic", "--store", "grew")
    assert (code, "2 probes, nothing wrong" in said) == (0, True), err
    assert run("submission", "check", out, "--store", "grew")[0] == 0
    code, _, err = run("submission", "write", out, "--model", "mimic", "--store", "grew")
    assert (code, "exists already" in err) == (2, True)
    out.write_text(out.read_text().replace("aaa", "ccc"))
    code, _, err = run("submission", "check", out, "--store", "grew")
    assert (code, "1 probes are missing, the first is aaa" in err) == (2, True)
    code, _, err = run("submission", "check", out, "--protocol", "casia-b")
    assert (code, "has no file to hand in" in err) == (2, True)


def test_protocols_are_listed_and_shown(run):
    code, out, _ = run("protocols")
    assert (code, "sustech1k" in out) == (0, True)
    assert run("protocols", "--name", "casia-b")[1].startswith("casia-b:\n  title:")
    assert run("protocols", "--name", "casia-x")[0] == 2


def test_other_people_than_those_of_the_literature_are_announced(run, room, tmp_path):
    with StoreWriter(tmp_path / "s", name="s", licence="CC0", origin={"layout": "casia-b"}) as writer:
        for item in SequenceStore(room / "casia"):
            writer.add(item)
    words = ["evaluate", "--protocol", "casia-b", "--sweeps", "false", "--seeds", "[0]", "--model", "mimic"]
    code, _, err = run(*words, "--store", tmp_path / "s", "--out", tmp_path / "r")
    assert code == 0, err
    assert "note: 2 people are tested, the literature on CASIA-B tests 50" in err
    assert "note" not in run(*words, "--store", "casia", "--out", tmp_path / "r2")[2]


def test_a_network_that_has_seen_the_people_is_announced(run, room, tmp_path):
    fingerprint = SequenceStore(room / "casia").fingerprint
    save_model(GaitBase(width="tiny"), tmp_path / "seen", {"data_fingerprint": fingerprint})
    words = ["evaluate", "--protocol", "casia-b", "--sweeps", "false", "--seeds", "[0]", "--store", "casia"]
    code, _, err = run(*words, "--model", tmp_path / "seen", "--out", tmp_path / "r")
    assert (code, "was trained on casia: it has seen these people" in err) == (0, True), err


def test_the_curve_of_errors_is_saved(run, tmp_path):
    words = ["evaluate", "--protocol", "casia-b", "--sweeps", "false", "--seeds", "[0]", "--store", "casia"]
    assert run(*words, "--model", "mimic", "--out", tmp_path / "r")[0] == 0
    found = json.loads((tmp_path / "r" / "protocol.json").read_text())
    (curve,) = found["networks"]["mimic"]["complete"]["NM"]["verification"]
    assert (curve["genuine"], curve["impostor"]) == (4, 4)
    assert curve["fnmr"] == sorted(curve["fnmr"], reverse=True)
    assert (curve["fmr"][-1], curve["fnmr"][-1]) == (1, 0)
