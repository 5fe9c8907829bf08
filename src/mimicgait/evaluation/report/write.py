"""The files of a report."""

import json
import os
from pathlib import Path

from mimicgait.evaluation.report.html import to_html
from mimicgait.evaluation.report.markdown import to_markdown
from mimicgait.evaluation.report.model import Report


def write_report(report: Report, folder: str | os.PathLike[str]) -> Path:
    """Write `report.json`, `report.md` and `report.html` into a folder and return the page's path.

    Each file appears when it is whole; a file of the same name is replaced.
    """
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.json": json.dumps(report.as_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "report.md": to_markdown(report),
        "report.html": to_html(report),
    }
    for name, text in texts.items():
        scratch = path / f".{name}.tmp"
        scratch.write_text(text, "utf-8")
        scratch.replace(path / name)
    return path / "report.html"
