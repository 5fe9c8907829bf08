"""What all benchmarks share: the file that a result may go to, and the result as JSON."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
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
