"""What all benchmarks share: where a result goes, what it was made on, and how it is written."""

import argparse
import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any


def command_line(description: str | None) -> argparse.ArgumentParser:
    """Make the parser of a benchmark: its docstring is the help, and `out` the file to save to."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("out", type=Path, nargs="?", help="where to save the JSON")
    return parser


def give(result: Mapping[str, Any], out: Path | None) -> None:
    """Print a result as JSON and, if a file was named, save it there."""
    text = json.dumps(result, indent=2)
    print(text)
    if out:
        out.write_text(text + "\n")


def made_on(*packages: ModuleType) -> dict[str, Any]:
    """When, on what machine, how busy it was, and with which versions of Python and some packages."""
    return {
        "load_average": os.getloadavg()[0],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": {
            "python": platform.python_version(),
            **{package.__name__: package.__version__ for package in packages},
        },
        "date": datetime.now(UTC).date().isoformat(),
    }
