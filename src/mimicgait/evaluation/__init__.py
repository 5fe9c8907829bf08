"""From a trained network to numbers that can be trusted: signatures, metrics, protocols, report."""

from mimicgait.evaluation.cache import DiskCache, EmbeddingCache
from mimicgait.evaluation.comparison import Comparison, Sweep, compare
from mimicgait.evaluation.cross import CrossTable, matrix
from mimicgait.evaluation.evaluate import evaluate, gather, judge, judge_together
from mimicgait.evaluation.evidence import Evidence
from mimicgait.evaluation.extract import distance_matrix, embed_store
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.protocols import DatasetProtocol, list_protocols, load_protocol
from mimicgait.evaluation.published import Verdict, compare_networks, judge_conditions
from mimicgait.evaluation.rerank import KReciprocal
from mimicgait.evaluation.robustness import by_amount, by_type
from mimicgait.evaluation.score import Figures, Score, Setting
from mimicgait.evaluation.side import Side
from mimicgait.evaluation.specimens import find_failures, show_occlusions, show_sequence
from mimicgait.evaluation.statistics import Interval, Outcomes, bootstrap, mcnemar, paired_bootstrap
from mimicgait.evaluation.visibility import VisibilityEstimate, estimate_visibility

__all__ = [
    "WALKERS",
    "Comparison",
    "CrossTable",
    "DatasetProtocol",
    "DiskCache",
    "EmbeddingCache",
    "Evidence",
    "Figures",
    "Interval",
    "KReciprocal",
    "Outcomes",
    "Protocol",
    "Score",
    "Setting",
    "Side",
    "Sweep",
    "Verdict",
    "VisibilityEstimate",
    "bootstrap",
    "by_amount",
    "by_type",
    "compare",
    "compare_networks",
    "distance_matrix",
    "embed_store",
    "estimate_visibility",
    "evaluate",
    "find_failures",
    "gather",
    "judge",
    "judge_conditions",
    "judge_together",
    "list_protocols",
    "load_protocol",
    "matrix",
    "mcnemar",
    "paired_bootstrap",
    "show_occlusions",
    "show_sequence",
]
