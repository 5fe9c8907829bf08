"""The benchmark: backbones x methods x suites x seeds, trained and judged by one command, in one table."""

from mimicgait.bench.plan import BackbonePlan, BenchConfig
from mimicgait.bench.run import run_bench

__all__ = ["BackbonePlan", "BenchConfig", "run_bench"]
