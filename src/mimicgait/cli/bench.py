"""`mimicgait bench`: methods, backbones, suites and seeds in one table."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mimicgait.bench import BenchConfig, run_bench
from mimicgait.cli.console import say


def bench(config: BenchConfig) -> None:
    """Run the occlusion benchmark: train every method for every backbone, judge all under every suite.

    The plan is a YAML file; recipes/bench/ has those behind the results in this repository. The folder keeps
    every network and every score: give the same command again after a crash, or with one more method, suite
    or seed in the plan, and only what is missing is done. A second plan in the same folder needs a `name`.

    Examples:
        mimicgait synth walkers --size small
        mimicgait bench --config recipes/bench/families.yaml --out runs/bench
        mimicgait bench --config plan.yaml --out runs/bench --jobs 2 --threads 1   # two processes
        mimicgait bench --config plan.yaml --out runs/bench --report_only   # tables and page again
    """
    table, figures = run_bench(config, say, shlex.join(["mimicgait", *making(sys.argv[1:])]))
    say(f"{table}: the tables\n{figures}: all figures\n{config.file('.html')}: the page")


def making(arguments: Sequence[str]) -> Iterator[str]:
    """Return the arguments that make the results, without the one that only writes them again.

    >>> list(making(["bench", "--out", "x", "--report_only", "true", "--jobs", "2"]))
    ['bench', '--out', 'x', '--jobs', '2']
    """
    for before, word in pairwise(["", *arguments]):
        switch = word.partition("=")[0] == "--report_only"
        if not switch and not (before == "--report_only" and word.lower() in ("true", "false")):
            yield word
