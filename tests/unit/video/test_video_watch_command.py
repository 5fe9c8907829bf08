import json

import pytest

from mimicgait.cli.main import main


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    from mimicgait.models import save_model
    from mimicgait.models.backbones import GaitBase

    folder = tmp_path_factory.mktemp("network")
    save_model(GaitBase(width="tiny"), folder / "model")
    return folder / "model"


def test_a_video_is_told_event_by_event_with_names(tmp_path, capsys, network, crossing):
    from mimicgait.cli.walks import Looker
    from mimicgait.gallery import Gallery

    looker = Looker(network, None, "cpu", ())
    with Gallery(tmp_path / "people.db") as gallery:
        for name, seconds in (("ann", 0), ("bob", 1)):
            walk = looker.look(crossing.path)[0].signature
            values = walk.values + seconds
            gallery.enroll(
                name, [type(walk)(values=values, model=walk.model, frames=walk.frames)], consent="test"
            )
    words = ["watch", str(crossing.path), "--model", str(network), "--gallery", str(tmp_path / "people.db")]
    assert main([*words, "--window", "2", "--step", "0.5"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert next(event["event"] for event in events if event["event"] != "embedded") == "appeared"
    assert events[-1]["event"] == "ended"
    decided = [event for event in events if event["event"] == "decided"]
    assert decided
    assert decided[-1]["ranking"][0][0] == "ann"


def test_pictures_and_a_report_come_with_the_silhouettes(tmp_path, crossing):
    words = ["silhouettes", str(crossing.path), str(tmp_path / "out"), "--previews", str(tmp_path / "look")]
    assert main([*words, "--report", str(tmp_path / "report.json"), "--mirror", "left"]) == 0
    assert sorted(path.name for path in (tmp_path / "look").iterdir()) == ["overview.png", "person_001.png"]
    assert json.loads((tmp_path / "report.json").read_text())["people"] == 1
