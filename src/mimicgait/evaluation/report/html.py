"""The report as one page of HTML that asks nobody for anything."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from mimicgait.evaluation.report import figures, pictures, tables
from mimicgait.evaluation.report.model import Report, Settings, VideoSection, VideoTrack
from mimicgait.evaluation.report.page import fill
from mimicgait.evaluation.report.words import NOTE, conclude, describe_occlusion, percent
from mimicgait.evaluation.specimens import Failure
from mimicgait.evaluation.suite import Findings


def to_html(report: Report) -> str:
    """Return the whole page: style, figures and pictures are inside it."""
    findings = report.findings
    return fill(
        "report.html",
        title=report.title,
        headline=_headline(findings),
        specimens=pictures.before_and_after(findings.specimens),
        sweeps=list(_sweeps(findings)),
        cmc=figures.cmc_curves(findings.comparisons),
        tables=findings.tables,
        visibility=_visibility(findings),
        failures=[_failure(failure) for failure in findings.failures],
        trainings=[
            {"stage": stage, "figure": figures.training_curves(stage, records)}
            for stage, records in report.histories.items()
            if records
        ],
        video=None if report.video is None else _video(report.video),
        settings=_settings(report.settings),
    )


def run_to_html(
    title: str, settings: Settings, records: Sequence[Mapping[str, float]], note: str = ""
) -> str:
    """Return the page of a single training: its curves, and the settings that made it.

    Args:
        title: the first line.
        settings: configuration, versions, machine, data.
        records: the log, with `step` and named values.
        note: one sentence below the title.
    """
    figure = figures.training_curves(title, records) if records else ""
    return fill("run.html", title=title, note=note, figure=figure, settings=_settings(settings))


def _headline(findings: Findings) -> dict[str, Any]:
    teacher, method = findings.comparisons[0], findings.comparisons[-1]
    tiles = [
        ("teacher, complete", percent(teacher.holistic.rank1), "HP, the reference"),
        ("teacher, occluded", percent(teacher.occluded.rank1), f"RP {teacher.rp():.2f}"),
    ]
    if method is not teacher:
        tiles.append(
            (
                f"{method.method}, occluded",
                percent(method.occluded.rank1),
                f"RP {method.rp():.2f}, HPR {method.hpr():.2f}",
            )
        )
    setting = method.occluded.setting
    return {
        "tiles": tiles,
        "sentences": conclude(findings.comparisons),
        "table": tables.headline(findings.comparisons),
        "note": NOTE,
        "figure": figures.method_bars(findings.comparisons),
        "setting": {
            "data": f"{setting.data}, {setting.people} people",
            "protocol": f"{setting.protocol}: {setting.probes} probes, {setting.gallery} in the gallery",
            "hidden": describe_occlusion(setting.occlusion),
            "on": "gallery and probes" if setting.side == "both" else "probes",
            "seeds": ", ".join(map(str, setting.seeds)),
            "distance": setting.distance,
        },
    }


def _sweeps(findings: Findings) -> Iterator[dict[str, Any]]:
    if findings.types:
        yield {
            "title": "By type of occlusion",
            "figure": figures.rp_by_type(findings.types),
            "table": tables.sweep_table(findings.types, "hidden"),
            "note": _people(findings.types[0].holistic.setting.people),
        }
    for axis in dict.fromkeys(sweep.axis for sweep in findings.amounts):
        sweeps = [sweep for sweep in findings.amounts if sweep.axis == axis]
        kind = axis.removeprefix("amount of ")
        yield {
            "title": f"By amount: {'top or bottom' if kind == 'paper' else kind}",
            "figure": figures.rp_by_amount(sweeps),
            "table": tables.sweep_table(sweeps, "hidden share"),
            "note": _people(sweeps[0].holistic.setting.people),
        }


def _people(people: int) -> str:
    return f"{people} people in the gallery, and the holistic score of the same people."


def _visibility(findings: Findings) -> dict[str, Any] | None:
    estimate = findings.visibility
    if estimate is None:
        return None
    shares = estimate.confusion / estimate.confusion.sum(axis=1, keepdims=True).clip(min=1)
    return {
        "kinds": estimate.kinds,
        "rows": list(zip(estimate.truth, estimate.confusion.tolist(), shares.tolist(), strict=True)),
        "figure": figures.amount_scatter(estimate),
        "table": tables.visibility_table(estimate),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    shown = (("probe", failure.probe, None), ("taken for", failure.wrong, failure.wrong_distance))
    return {
        "who": failure.probe.key.subject,
        "rows": [
            {
                "role": role,
                "key": str(specimen.key),
                "distance": "" if distance is None else f"distance {distance:.3f}",
                "strip": pictures.strip(specimen.seen),
            }
            for role, specimen, distance in (*shown, ("right one", failure.right, failure.right_distance))
        ],
    }


def _video(video: VideoSection) -> dict[str, Any]:
    return {
        "name": video.name,
        "source": video.source,
        "note": video.note,
        "dropped": tables.pairs_table(video.dropped, "reason", "count"),
        "tracks": [_track(track) for track in video.tracks],
    }


def _track(track: VideoTrack) -> dict[str, Any]:
    return {
        "name": track.name,
        "frames": len(track.silhouettes),
        "sheet": pictures.contact_sheet(track.silhouettes),
        "timeline": figures.visibility_timeline(track),
        "dropped": tables.pairs_table(track.dropped, "reason", "frames"),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    facts = {"made": settings.created, "command": settings.command, "seed": settings.seed}
    return {
        "facts": tables.pairs_table({k: v for k, v in facts.items() if v not in ("", None)}),
        "durations": tables.pairs_table(tables.durations(settings.durations)),
        "machine": tables.pairs_table(settings.machine),
        "versions": tables.pairs_table(settings.versions),
        "data": _pretty(settings.as_json()["data"]),
        "config": _pretty(settings.as_json()["config"]),
    }


def _pretty(values: dict[str, Any]) -> str | Markup:
    return json.dumps(values, indent=2, ensure_ascii=False) if values else ""
