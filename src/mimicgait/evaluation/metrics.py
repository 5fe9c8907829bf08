"""The metrics of gait recognition as pure functions on a matrix of distances (smaller is closer)."""

from mimicgait.evaluation.enrolment import (
    failure_to_acquire,
    failure_to_enrol,
    false_accept_rate,
    false_reject_rate,
)
from mimicgait.evaluation.openset import OpenSet, fnir_at_fpir, unenrolled
from mimicgait.evaluation.ranking import (
    cmc,
    mean_average_precision,
    mean_inverse_negative_penalty,
    rank,
    rank_k,
)
from mimicgait.evaluation.relative import relative_performance
from mimicgait.evaluation.verification import ErrorRates, tar_at_far
from mimicgait.evaluation.views import mean_without_identical_views, view_accuracies

__all__ = [
    "ErrorRates",
    "OpenSet",
    "cmc",
    "failure_to_acquire",
    "failure_to_enrol",
    "false_accept_rate",
    "false_reject_rate",
    "fnir_at_fpir",
    "mean_average_precision",
    "mean_inverse_negative_penalty",
    "mean_without_identical_views",
    "rank",
    "rank_k",
    "relative_performance",
    "tar_at_far",
    "unenrolled",
    "view_accuracies",
]
