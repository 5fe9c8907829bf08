"""The ready suites, by name: the paper's settings, its unseen types, curves, streets, a complete gallery."""

from collections.abc import Mapping
from types import MappingProxyType

from mimicgait.errors import ConfigError, suggest
from mimicgait.evaluation.suites.definition import Suite
from mimicgait.occlusion import (
    Bottom,
    Changing,
    LostFrames,
    Middle,
    Mixture,
    Nothing,
    Objects,
    Occlusion,
    People,
    Redetected,
    Top,
    all_types,
    at_amount,
    dynamic_mixture,
    paper_mixture,
)

CURVE_KINDS = ("top", "bottom", "middle", "patch", "pole", "changing")
"""Types of the curve, as `at_amount` names them."""

CURVE_STEPS = tuple(range(10, 90, 10))
"""Hidden shares of the curve in per cent; 0 % is its case `complete`."""


def _paper(low: int, high: int) -> Suite:
    """One row of the paper's ablation over the hidden share; 40-60 % is its main setting."""
    occlusion = paper_mixture(amount=(low / 100, high / 100))
    title = f"top or bottom, {low}-{high} % of the height, every sequence of both sides"
    return Suite(name=f"paper-{low}-{high}", version=1, title=title, cases={"top or bottom": occlusion})


def _curve() -> Suite:
    cases: dict[str, Occlusion | None] = {"complete": None}
    for kind in CURVE_KINDS:
        cases |= {f"{kind} {step}": at_amount(kind, step / 100) for step in CURVE_STEPS}
    return Suite(name="curve", version=1, title="every type, 0 to 80 % in steps of 10", cases=cases)


def _half_occluded() -> Mixture:
    """RG-Gait's published setting, which is easier than the paper's: half of the sequences, 10-60 %."""
    span = (0.1, 0.6)
    return Mixture([Top(amount=span), Bottom(amount=span), Nothing()], weights=[0.25, 0.25, 0.5])


def _single(name: str, title: str, occlusion: Occlusion, label: str = "") -> Suite:
    """Make a suite of one case, which hides both sides."""
    return Suite(name=name, version=1, title=title, cases={label or name: occlusion})


_PROBE_ONLY = Suite(
    name="probe-only",
    version=1,
    title="complete gallery, hidden probes: what a running system meets",
    cases={
        "complete": None,
        "top or bottom": paper_mixture(),
        "top": Top(),
        "bottom": Bottom(),
        "middle": Middle(),
        "patch or pole": dynamic_mixture(),
        "objects": Objects(),
        "people": People(),
        "redetected": Redetected(paper_mixture()),
    },
    side="probe",
    teacher=True,
)

_READY = (
    _paper(40, 60),
    _paper(30, 50),
    _paper(20, 40),
    _paper(10, 30),
    _single("middle", "a central band, 40-60 % of the height, set to 0", Middle()),
    _single("dynamic", "a small or a tall patch that moves across", dynamic_mixture(), "patch or pole"),
    _single("changing", "top in one half of the sequence, bottom in the other", Changing()),
    _single("all-types", "top, bottom, middle, small or tall patch, alike", all_types(), "all types"),
    _single(
        "rg-mixed",
        "RG-Gait's setting: half of the sequences, top or bottom, 10-60 %",
        _half_occluded(),
        "half occluded",
    ),
    _curve(),
    _single("objects", "poles, trees, signs, benches, bushes, cars, fences before the walker", Objects()),
    Suite(
        name="people",
        version=1,
        title="passers-by before the walker, told apart or merged by the segmenter",
        cases={"people": People(), "people, merged": People(merged=True)},
    ),
    Suite(
        name="redetect",
        version=1,
        title="the detector crops what is left anew, and loses some frames",
        cases={
            "top or bottom": Redetected(paper_mixture()),
            "objects": Redetected(Objects()),
            "people": Redetected(People()),
            "lost frames": LostFrames(),
        },
    ),
    _PROBE_ONLY,
)

SUITES: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in _READY})
"""The suites that `run_suite` takes, by name."""

MATRIX = Suite(
    name="matrix",
    version=1,
    title="each type in the gallery against each type in the probes",
    cases={
        "complete": None,
        "top": Top(),
        "bottom": Bottom(),
        "middle": Middle(),
        "dynamic": dynamic_mixture(),
    },
    side="each",
    teacher=True,
)
"""The table behind the single numbers, for `run_matrix`."""


def find_suite(name: str) -> Suite:
    """Return a ready suite, the table included, by its name.

    Raises:
        ConfigError: if there is none of that name; the message suggests the nearest.
    """
    known = {**SUITES, MATRIX.name: MATRIX}
    if name not in known:
        raise ConfigError(f"no suite {name!r}: {suggest(name, known)}. See mimicgait suites")
    return known[name]
