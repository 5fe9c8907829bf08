"""The base installation is enough to import everything, and starting is quick."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

EXTRAS_OF_OTHERS = {"torchvision", "timm"}
"""No torchvision works beside the pinned torch, and timm needs it."""

NEEDS_AN_EXTRA = "mimicgait.serve.http."
"""FastAPI from top to bottom; everything else imports without extras."""

IMPORT_ALL = """
import importlib, importlib.abc, pkgutil, sys

absent = {absent!r}

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
import mimicgait
for module in pkgutil.walk_packages(mimicgait.__path__, "mimicgait."):
    if not module.name.endswith("__main__") and not module.name.startswith({extra!r}):
        importlib.import_module(module.name)
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_every_module_imports_without_development_tools(root):
    absent = modules_of(development_tools(root)) | EXTRAS_OF_OTHERS
    assert {"pytest", "hypothesis"} <= absent
    done = run(IMPORT_ALL.format(absent=sorted(absent), extra=NEEDS_AN_EXTRA))
    assert done.returncode == 0, done.stderr


def test_the_package_itself_imports_nothing_heavy():
    heavy = {"torch", "numpy", "cv2", "pyarrow"}
    done = run(f"import sys, mimicgait; sys.exit(', '.join({heavy!r} & set(sys.modules)) or 0)")
    assert done.returncode == 0, f"import mimicgait also imports {done.stderr}"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["train", "--help"]])
def test_help_of_the_command_line_imports_nothing_heavy(arguments):
    done = run(
        "import sys\nfrom mimicgait.cli.main import main\n"
        f"code = main({arguments!r})\n"
        "sys.exit(', '.join({'torch', 'numpy', 'cv2', 'jsonargparse'} & set(sys.modules)) or code)"
    )
    assert done.returncode == 0, done.stderr


def development_tools(root: Path) -> set[str]:
    """Name the distributions that only developers install."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    required = {name(line) for line in project["dependencies"]}
    return {name(line) for line in project["optional-dependencies"]["dev"]} - required


def name(requirement: str) -> str:
    """Cut the name out of a requirement: `pytest>=8` is of `pytest`."""
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def modules_of(distributions: set[str]) -> set[str]:
    """Name the modules that installed distributions bring."""
    return {
        module
        for module, owners in packages_distributions().items()
        if {owner.lower().replace("_", "-") for owner in owners} & distributions
    }
