"""The closer looks as the page shows them: maps, mistakes, and the parts that decided."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mimicgait.bench.methods import TEACHER, find_method
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.report.bandplot import band_plot
from mimicgait.bench.report.drawing import marker
from mimicgait.bench.report.look import looked_at, shown_suite
from mimicgait.bench.report.lookfile import Look, look_file, read_look
from mimicgait.bench.report.scatterplot import groups, scatter_plot
from mimicgait.bench.report.styles import COMPLETE, Style
from mimicgait.bench.report.votes import Votes
from mimicgait.evaluation.report import pictures
from mimicgait.evaluation.specimens import Failure, Specimen


@dataclass(frozen=True, slots=True)
class Sights:
    """What the page shows of the closer looks; each list is by method.

    Attributes:
        backbone, seed: whose networks were looked at.
        suite: what hides the sequences of mistakes and votes.
        maps: title, map by person, map by type, and the shares of neighbours beside chance.
        legends: names and samples of people and of types.
        failures: title, and the mistakes.
        votes: title, and the pairs.
    """

    backbone: str
    seed: int
    suite: str
    maps: list[dict[str, Any]]
    legends: dict[str, list[tuple[str, Markup]]]
    failures: list[tuple[str, list[dict[str, Any]]]]
    votes: list[tuple[str, list[dict[str, Any]]]]


def sights(config: BenchConfig) -> Sights | None:
    """Read the closer looks that are there; None if there is none."""
    found: dict[str, Look] = {}
    for candidate in looked_at(config):
        look = read_look(look_file(config, candidate))
        if look is not None:
            found[candidate.method] = look
    if not found:
        return None
    backbone, titles = next(iter(config.backbones)), {name: find_method(name).title for name in found}
    suite = shown_suite(config)
    return Sights(
        backbone=backbone,
        seed=config.seeds_of(backbone)[0],
        suite=f"{suite.name} v{suite.version}",
        maps=[_maps(titles[name], look) for name, look in found.items()],
        legends=_legends(next(iter(found.values()))),
        failures=[
            (titles[n], [_failure(f) for f in look.failures]) for n, look in found.items() if look.failures
        ],
        votes=[
            (titles[name], [_votes(vote, titles[name]) for vote in look.votes])
            for name, look in found.items()
            if look.votes
        ],
    )


def _maps(title: str, look: Look) -> dict[str, Any]:
    return {
        "title": title,
        "person": scatter_plot(look.scatter, "person", title),
        "type": scatter_plot(look.scatter, "type", title),
        "same_person": look.scatter.same_person,
        "same_type": look.scatter.same_type,
    }


def _legends(look: Look) -> dict[str, list[tuple[str, Markup]]]:
    return {
        "person": [(name, _dot(style)) for name, style in groups(look.scatter, "person").items()],
        "type": [
            (name, _dot(style, hollow=name == COMPLETE))
            for name, style in groups(look.scatter, "type").items()
        ],
    }


def _dot(style: Style, *, hollow: bool = False) -> Markup:
    kind = f"{'hollow' if hollow else 'mark'} {style.colour}"
    mark = Markup(marker((8, 8), style.marker, kind, radius=4.2))  # our own classes
    return Markup('<svg class="swatch-dot" viewBox="0 0 16 16" aria-hidden="true">{}</svg>').format(mark)


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "who": failure.probe.key.subject,
        "rows": [
            _strips("probe", failure.probe),
            _strips("taken for", failure.wrong, failure.wrong_distance),
            _strips("right one", failure.right, failure.right_distance),
        ],
    }


def _strips(role: str, specimen: Specimen, distance: float | None = None) -> dict[str, Any]:
    return {
        "role": role,
        "key": str(specimen.key),
        "distance": "" if distance is None else f"distance {distance:.2f}",
        "hidden": f"{100 * specimen.amount:.0f} % hidden",
        "complete": pictures.strip(specimen.complete, specimen.visible),
        "seen": pictures.strip(specimen.seen),
    }


def _votes(votes: Votes, title: str) -> dict[str, Any]:
    repaired = votes.method[0].mean() < votes.method[1].mean()
    teacher = find_method(TEACHER).title
    return {
        "who": votes.probe.key.subject,
        "says": f"{title} finds the right person, the teacher does not"
        if repaired
        else f"{title} takes the wrong person",
        "rows": [_strips("probe", votes.probe), _strips("right", votes.right), _strips("wrong", votes.wrong)],
        "plots": [
            {
                "title": name,
                "figure": band_plot(votes.probe, bands, name),
                "right": float(bands[0].mean()),
                "wrong": float(bands[1].mean()),
            }
            for name, bands in ((teacher, votes.teacher), (title, votes.method))
        ],
    }
