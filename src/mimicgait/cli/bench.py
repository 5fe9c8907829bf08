"""`mimicgait bench`: methods, backbones, suites and seeds in one table."""

import shlex
import sys

from mimicgait.bench import BenchConfig, run_bench
from mimicgait.cli.console import say


def bench(config: BenchConfig) -> None:
    """Run the occlusion benchmark: train every method for every backbone, judge all under every suite.

    The plan is a YAML file; recipes/bench/ has those behind the results in this repository. The folder keeps
    every network and every score: give the same command again after a crash, or with one more method, suite
    or seed in the plan, and only what is missing is done.

    Examples:
        mimicgait synth walkers --size small
        mimicgait bench --config recipes/bench/families.yaml --out runs/bench
        mimicgait bench --config plan.yaml --out runs/bench --jobs 2 --threads 1   # two processes
    """
    table, figures = run_bench(config, say, shlex.join(["mimicgait", *sys.argv[1:]]))
    say(f"{table}: the tables\n{figures}: all figures")
