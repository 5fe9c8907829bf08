"""Occlusion suites: named, versioned conditions under which methods are compared."""

from mimicgait.evaluation.suites.definition import Suite
from mimicgait.evaluation.suites.ready import MATRIX, SUITES, find_suite
from mimicgait.evaluation.suites.run import gather_suite, run_matrix, run_suite

__all__ = ["MATRIX", "SUITES", "Suite", "find_suite", "gather_suite", "run_matrix", "run_suite"]
