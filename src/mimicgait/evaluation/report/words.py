"""A report's sentences: what the numbers say, no more than they say."""

from collections.abc import Mapping, Sequence
from typing import Any

from mimicgait.evaluation.comparison import Comparison
from mimicgait.evaluation.score import Figure, Score

NOTE = (
    "Rank-1 in %, mean ± standard deviation over the evaluation seeds; the columns after HPR are of occluded "
    "sequences. HP is the teacher's score on complete sequences. RP is a method's score on occluded ones "
    "over HP, HPR its score on complete ones over HP. All come from this run."
)
"""What stands under the headline table."""

_NAMES = {
    "Nothing": "nothing",
    "Top": "top",
    "Bottom": "bottom",
    "Middle": "middle",
    "MovingPatch": "moving patch",
    "MovingPole": "moving pole",
    "Changing": "changing",
}


def percent(share: float, digits: int = 1) -> str:
    """Write a share in per cent, without the sign.

    >>> percent(0.8, 1)
    '80.0'
    """
    return f"{100 * share:.{digits}f}"


def spread(score: Score, figure: Figure = "rank1") -> str:
    """Write a score's mean in per cent, and its standard deviation where there are several seeds."""
    mean = percent(score.mean(figure))
    return f"{mean} ± {percent(score.std(figure))}" if len(score.runs) > 1 else mean


def describe_occlusion(config: Mapping[str, Any] | None) -> str:
    """Say in words what an occlusion's configuration hides.

    >>> describe_occlusion({"kind": "Top", "amount": [0.4, 0.6]})
    'top 40-60 %'
    """
    if config is None:
        return "nothing"
    if config["kind"] == "Mixture":
        return _describe_mixture(config["occlusions"])
    name = _NAMES.get(config["kind"], str(config["kind"]))
    amount = config.get("amount")
    return f"{name} {_span(amount)}" if amount else name


def _describe_mixture(members: Sequence[Mapping[str, Any]]) -> str:
    amounts = {str(member.get("amount")) for member in members}
    if len(amounts) == 1 and members[0].get("amount"):
        names = " or ".join(_NAMES.get(member["kind"], str(member["kind"])) for member in members)
        return f"{names} {_span(members[0]['amount'])}"
    return " or ".join(describe_occlusion(member) for member in members)


def _span(amount: Sequence[float]) -> str:
    low, high = (f"{100 * share:g}" for share in amount)
    return f"{low} %" if low == high else f"{low}-{high} %"


def conclude(comparisons: Sequence[Comparison]) -> list[str]:
    """Say what the headline means, in a few sentences; the last comparison is what the report is about."""
    teacher, method = comparisons[0], comparisons[-1]
    setting = teacher.occluded.setting
    sentences = [
        f"On complete sequences the teacher finds the right person first for "
        f"{percent(teacher.holistic.rank1)} % of the probes, among {setting.people} people; guessing finds "
        f"{percent(1 / setting.people)} %.",
        f"With {describe_occlusion(setting.occlusion)} hidden on {_sides(setting.side)} it finds "
        f"{percent(teacher.occluded.rank1)} %, which leaves {teacher.rp():.2f} of its performance.",
    ]
    if method is teacher:
        return sentences
    sentences.append(
        f"{method.method} finds {percent(method.occluded.rank1)} %: a relative performance of "
        f"{method.rp():.2f}. On complete sequences it finds {percent(method.clean.rank1)} %, which keeps "
        f"{method.hpr():.2f} of the teacher's performance."
    )
    return sentences + [set_beside(method, other) for other in comparisons[1:-1]]


def set_beside(method: Comparison, other: Comparison) -> str:
    """Say how far a method is from another one on occluded sequences, and whether the seeds can tell."""
    mine, theirs = method.occluded.values(), other.occluded.values()
    difference = mine.mean() - theirs.mean()
    if difference == 0:
        return f"Under occlusion it finds as many as {other.method}."
    way = "more" if difference > 0 else "fewer"
    words = f"Under occlusion it finds {percent(abs(difference))} points {way} than {other.method}"
    if len(mine) < 2 or len(theirs) < 2:
        return f"{words}; one seed has no spread to judge that by."
    apart = mine.min() > theirs.max() or mine.max() < theirs.min()
    return f"{words}, {'outside' if apart else 'within'} the spread of the {len(mine)} seeds."


def _sides(side: str) -> str:
    return "gallery and probes alike, each sequence by a draw of its own," if side == "both" else "the probes"
