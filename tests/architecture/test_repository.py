"""What lies in the repository: no large files, no links into nowhere, one version, pinned requirements."""

import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

import mimicgait
from mimicgait.cli.main import COMMANDS

LARGEST = 2**20
SHIPPED = "pretrained"
"""The folder of the package whose weights have a limit of their own: see test_shipped_networks.py."""


@pytest.fixture(scope="module")
def committed(root: Path) -> list[Path]:
    """List the files that git knows."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    return [root / name for name in listing.stdout.split("\0") if name and (root / name).is_file()]


def test_no_committed_file_is_large(committed):
    others = [path for path in committed if path.parents[1].name != SHIPPED]
    large = {path.name: path.stat().st_size for path in others if path.stat().st_size > LARGEST}
    assert committed
    assert not large


def test_links_in_the_documentation_lead_somewhere(committed):
    pages = [path for path in committed if path.suffix == ".md"]
    dead = [
        f"{page.name}: {link}"
        for page in pages
        for link in local_links(page.read_text())
        if not exists(page, link)
    ]
    assert pages
    assert not dead


def test_every_command_has_one_line_in_the_documentation(root):
    page = (root / "docs" / "cli.md").read_text()
    listed = re.findall(r"^\| `mimicgait ([a-z0-9 -]+?)(?: [A-Z]+)*` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(command.name for command in COMMANDS)


def test_one_version_everywhere(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert project["version"] == citation["version"] == mimicgait.__version__


def test_every_requirement_is_pinned(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lines = (root / "constraints.txt").read_text().splitlines()
    pinned = {plain(line.split("==")[0]) for line in lines if "==" in line}
    assert {plain(re.match(r"[\w.-]+", line)[0]) for line in wanted} <= pinned


def test_test_files_have_names_of_their_own(committed):
    names = Counter(path.name for path in committed if "tests" in path.parts and path.suffix == ".py")
    shared = {name for name, count in names.items() if count > 1} - {"conftest.py"}
    assert not shared, f"pytest imports test files by their bare names: rename {shared}"


def test_local_links_are_found():
    text = "[a](docs/cli.md#x) ![b](figure.png) [c](https://x.org/y) [d](#here) `[e](not-a-link)`"
    assert local_links(text) == ["docs/cli.md", "figure.png"]


def plain(name: str) -> str:
    """Write a distribution's name the way indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def local_links(markdown: str) -> list[str]:
    """List the files that a page links to, without code, anchors and other sites."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", prose)]
    return [
        target for target in targets if target and "://" not in target and not target.startswith("mailto:")
    ]


def exists(page: Path, link: str) -> bool:
    """Tell whether the file that a page links to is there."""
    return (page.parent / link).exists()
