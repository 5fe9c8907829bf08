"""The worked examples in the documentation: every page runs, and every protocol has one."""

import doctest
import re
from pathlib import Path

import pytest

from mimicgait.evaluation import list_protocols
from mimicgait.evaluation.protocols.reading import FOLDER

PAGES = sorted((Path(__file__).parents[3] / "docs" / "protocols").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_worked_example_is_true(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text()
    for name, block in re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.DOTALL):
        Path(name).write_text(block)
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.failed == 0
    assert found.attempted > 0 or page.stem == "index"


def test_every_protocol_has_a_page_and_a_line_in_the_index():
    index = (PAGES[0].parent / "index.md").read_text()
    assert all(f"`{name}`" in index for name in list_protocols())
    pages = {page.stem for page in PAGES} | {"walkers"}
    assert {path.stem for path in FOLDER.glob("*.yaml")} <= pages
