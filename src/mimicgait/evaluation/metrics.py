"""The metrics of gait recognition as pure functions on a matrix of distances (smaller is closer)."""

from mimicgait.evaluation.ranking import (
    cmc,
    mean_average_precision,
    mean_inverse_negative_penalty,
    rank,
    rank_k,
)
from mimicgait.evaluation.relative import relative_performance
from mimicgait.evaluation.verification import tar_at_far
from mimicgait.evaluation.views import mean_without_identical_views, view_accuracies

__all__ = [
    "cmc",
    "mean_average_precision",
    "mean_inverse_negative_penalty",
    "mean_without_identical_views",
    "rank",
    "rank_k",
    "relative_performance",
    "tar_at_far",
    "view_accuracies",
]
