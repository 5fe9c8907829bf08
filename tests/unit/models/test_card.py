"""The model card: what the Hub reads, what people read, and whose page is never overwritten."""

import json

import pytest
import yaml
from huggingface_hub import ModelCard

from mimicgait.cli.hub import read_results
from mimicgait.errors import CheckpointError, ConfigError, DataError
from mimicgait.models import from_pretrained, model_hash, push_to_hub, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.models.card import CardResult, licence_of, model_card
from mimicgait.models.hub import write_card

METADATA = {
    "trained_on": "walkers 0-399, seed 0",
    "data_licence": "CC0-1.0 (made by mimicgait.synth)",
    "data_fingerprint": "abc",
    "silhouettes": "64x64",
    "stage": "mimic",
    "training": {"validation": "/home/me/walkers/val", "occlusion": {"types": ["top", "bottom"]}},
}
RESULTS = (
    CardResult("rank-1", 0.71, "walkers 440-589, seed 0", "complete; 150 people"),
    CardResult("mAP", 0.5, "walkers 440-589, seed 0", "complete; 150 people"),
)


def card_of(metadata=METADATA, **more):
    blueprint = {"class": "mimicgait.models.MimicNetwork", "config": {"a": 1}}
    return model_card(blueprint, metadata, sha256="f00", network_hash="cafe", **more)


def score(rank1):
    setting = {"data": "walkers 5-9", "people": 5, "probes": 20, "protocol": "walkers"}
    return {"setting": setting, "mean": {"rank1": rank1, "rank5": 0.8, "mAP": 0.4, "tar": 0.1}}


@pytest.fixture
def saved(tmp_path):
    save_model(GaitBase(width="tiny"), tmp_path / "model", METADATA)
    return tmp_path / "model"


@pytest.fixture
def report(tmp_path):
    names = {"Baseline-1 (teacher)": 0.2, "mimic": 0.6}
    entries = [
        {
            "method": name,
            "rp": 0.5,
            "hpr": 0.9,
            "holistic": score(0.7),
            "clean": score(0.7),
            "occluded": score(x),
        }
        for name, x in names.items()
    ]
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text(json.dumps({"headline": entries}))
    return tmp_path / "report"


def test_the_hub_can_read_it():
    data = ModelCard(card_of(licence="apache-2.0", results=RESULTS)).data
    assert data.library_name == "mimicgait"
    assert data.license == "apache-2.0"
    assert data.datasets == ["walkers-0-399-seed-0"]
    assert data.metrics == ["map", "rank-1"]
    assert "gait-recognition" in data.tags
    assert [(r.dataset_name, r.metric_type, r.metric_value) for r in data.eval_results] == [
        ("walkers 440-589, seed 0", "rank-1", 0.71),
        ("walkers 440-589, seed 0", "map", 0.5),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "trained on | walkers 0-399, seed 0",
        "CC0-1.0 (made by mimicgait.synth)",
        "fingerprint of the data | abc",
        "| val |",
        '{"types": ["top", "bottom"]}',
        "| rank-1 | 0.71 | walkers 440-589, seed 0 | complete; 150 people |",
        "`cafe`",
        "`f00`",
        'from_pretrained("USER/NAME")',
        "needs a legal basis",
        "nothing about real people",
    ],
)
def test_people_can_read_it(said):
    assert said in card_of(results=RESULTS)


def test_what_is_not_known_is_said_to_be_unknown():
    card = card_of({})
    assert licence_of(card) == "unknown"
    assert "licence of these weights | not stated" in card
    assert "The training data were not noted." in card
    assert "None yet" in card
    assert "walkers" not in card
    assert "datasets" not in yaml.safe_load(card.split("---")[1])


def test_the_licence_of_the_metadata_counts_until_another_is_chosen():
    assert licence_of(card_of({"licence": "mit"})) == "mit"
    assert licence_of(card_of({"licence": "mit"}, licence="apache-2.0")) == "apache-2.0"


def test_save_model_writes_a_card_with_the_hash(saved):
    assert sorted(file.name for file in saved.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    assert model_hash(saved) in (saved / "README.md").read_text()
    assert from_pretrained(saved).config == {"width": "tiny", "cut": False}


def test_a_card_is_written_again_and_a_page_of_ones_own_is_not(saved):
    write_card(saved, licence="apache-2.0", results=RESULTS)
    text = (saved / "README.md").read_text()
    assert licence_of(text) == "apache-2.0"
    assert "0.71" in text
    (saved / "README.md").write_text("mine")
    with pytest.raises(CheckpointError, match="was not made by mimicgait"):
        write_card(saved)
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        save_model(GaitBase(width="tiny"), saved)
    assert (saved / "README.md").read_text() == "mine"


def test_a_card_of_other_weights_is_not_published(saved, tmp_path):
    save_model(GaitBase(width="tiny"), tmp_path / "other", {"licence": "mit"})
    (saved / "README.md").write_bytes((tmp_path / "other" / "README.md").read_bytes())
    with pytest.raises(CheckpointError, match="of other weights"):
        push_to_hub(saved, "user/name")


def test_numbers_come_from_a_report(report):
    results = read_results(report)
    assert [(r.metric, r.value) for r in results] == [
        *(("rank-1", 0.7), ("rank-5", 0.8), ("mAP", 0.4)),
        *(("rank-1", 0.6), ("rank-5", 0.8), ("mAP", 0.4)),
        *(("RP", 0.5), ("HPR", 0.9)),
    ]
    assert results[3].setting == "occluded; 5 people, 20 probes, protocol walkers"
    teacher = read_results(report / "report.json", "Baseline-1 (teacher)")
    assert teacher[3].value == 0.2


def test_reports_that_are_none(report):
    with pytest.raises(ConfigError, match="did you mean 'mimic'"):
        read_results(report, "mimc")
    (report / "report.json").write_text("{}")
    with pytest.raises(DataError, match="is no report"):
        read_results(report)
    with pytest.raises(DataError, match="is no report"):
        read_results(report / "nowhere.json")
