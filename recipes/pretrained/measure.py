"""Take the numbers of the model cards out of a report of `mimicgait evaluate`.

    python recipes/pretrained/measure.py REPORT

writes metrics.json beside this file. The report must be of the teacher, and of the others by their names.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mimicgait.cli.console import complain, say
from mimicgait.cli.hub import read_results
from mimicgait.errors import DataError, MimicGaitError
from mimicgait.pretrained import NAMES

OUT = Path(__file__).resolve().parent / "metrics.json"
Rows = list[dict[str, Any]]


def main(words: list[str] | None = None) -> int:
    """Read the command line, write the file, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("report", type=Path, help="folder of `mimicgait evaluate`")
    parser.add_argument("--out", type=Path, default=OUT, help="the file to write")
    given = parser.parse_args(words)
    try:
        found = measure(given.report / "report.json")
    except MimicGaitError as error:
        complain(f"measure: {error}")
        return 2
    given.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    say(f"{given.out}: {', '.join(f'{len(rows)} numbers of {name}' for name, rows in found.items())}")
    return 0


def measure(report: Path) -> dict[str, Rows]:
    """Return metric, value, data and setting of everything that a report says of the networks that ship.

    Raises:
        DataError: if it is no such report.
    """
    try:
        content = json.loads(report.read_text("utf-8"))
        methods = [str(entry["method"]) for entry in content["headline"]]
        seen = content["visibility"]
        data = str(content["headline"][0]["holistic"]["setting"]["data"])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DataError(f"{report} is no report of `mimicgait evaluate`: {error}") from error
    found: dict[str, Rows] = {}
    for name, method in {"teacher": methods[0], **{m.lower(): m for m in methods[1:]}}.items():
        if name in NAMES:
            found[name] = [asdict(result) for result in read_results(report, method)]
    if seen:
        setting = f"single frames, {seen['frames']} of them; kinds {', '.join(seen['kinds'])}"
        found["visibility"] = [
            {"metric": "accuracy of the kind", "value": round(seen["accuracy"], 6)},
            {"metric": "mean squared error of the amount", "value": round(seen["amount_mse"], 6)},
        ]
        for row in found["visibility"]:
            row.update(data=data, setting=setting)
    return found


if __name__ == "__main__":
    sys.exit(main())
