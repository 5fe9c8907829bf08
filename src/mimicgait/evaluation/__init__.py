"""From a trained network to numbers that can be trusted: signatures, metrics, protocols, report."""

from mimicgait.evaluation.comparison import Comparison, Sweep, compare
from mimicgait.evaluation.cross import CrossTable, matrix
from mimicgait.evaluation.evaluate import evaluate, judge
from mimicgait.evaluation.extract import distance_matrix, embed_store
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.robustness import by_amount, by_type
from mimicgait.evaluation.score import Figures, Score, Setting
from mimicgait.evaluation.specimens import find_failures, show_occlusions, show_sequence
from mimicgait.evaluation.visibility import VisibilityEstimate, estimate_visibility

__all__ = [
    "WALKERS",
    "Comparison",
    "CrossTable",
    "Figures",
    "Protocol",
    "Score",
    "Setting",
    "Sweep",
    "VisibilityEstimate",
    "by_amount",
    "by_type",
    "compare",
    "distance_matrix",
    "embed_store",
    "estimate_visibility",
    "evaluate",
    "find_failures",
    "judge",
    "matrix",
    "show_occlusions",
    "show_sequence",
]
