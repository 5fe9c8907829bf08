"""Findings as a report: JSON for machines, Markdown for a README, one self-contained page for people."""

from mimicgait.evaluation.report.environment import describe_machine, find_versions, hash_code
from mimicgait.evaluation.report.html import run_to_html, to_html
from mimicgait.evaluation.report.markdown import to_markdown
from mimicgait.evaluation.report.model import Report, Settings, VideoSection, VideoTrack
from mimicgait.evaluation.report.write import write_report

__all__ = [
    "Report",
    "Settings",
    "VideoSection",
    "VideoTrack",
    "describe_machine",
    "find_versions",
    "hash_code",
    "run_to_html",
    "to_html",
    "to_markdown",
    "write_report",
]
