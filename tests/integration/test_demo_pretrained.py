"""The demo without training: a report from what ships."""

import json

import pytest

from mimicgait import pretrained
from mimicgait.cli.main import main
from mimicgait.demo import ShippedDemoConfig, run_shipped_demo, shipped
from mimicgait.errors import ConfigError


@pytest.mark.slow
def test_the_demo_shows_what_ships(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "AMOUNTS", (0.0, 0.5))
    monkeypatch.setattr(shipped, "CURVE_PEOPLE", 2)
    monkeypatch.setattr(shipped, "FRAMES", 8)
    said = []
    config = ShippedDemoConfig(out=tmp_path / "d", people=4, video="none", workers=1, progress=False)
    page, findings = run_shipped_demo(config, said.append)
    assert [c.method for c in findings.comparisons][1:] == [
        name for name in reversed(pretrained.encoders()) if name != "teacher"
    ]
    assert all(found.clean.rank1 > 0.25 for found in findings.comparisons)
    assert findings.visibility.accuracy > 0.9
    assert page.read_text().startswith("<!")
    noted = json.loads((tmp_path / "d" / "report.json").read_text())["settings"]
    assert set(noted["config"]) == set(pretrained.names())
    assert "800000" in noted["data"]["walkers"]["name"]
    assert any("nothing is trained" in line for line in said)
    with pytest.raises(ConfigError, match="other settings"):
        run_shipped_demo(ShippedDemoConfig(out=tmp_path / "d", people=5), said.append)


def test_settings_that_cannot_be_meant_are_refused(capsys):
    assert main(["demo", "--pretrained", "--size", "tiny"]) == 2
    assert "it is of the demo that trains" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="two or more"):
        ShippedDemoConfig(people=1)
