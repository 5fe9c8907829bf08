"""The whole benchmark: train what is missing, judge what has not been judged, write the tables."""

from pathlib import Path

from mimicgait.bench.guides import judgings
from mimicgait.bench.jobs import plan_candidates, plan_trainings
from mimicgait.bench.judge import Judging
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.pool import Say, Task, run_tasks
from mimicgait.bench.report import Looking, looked_at
from mimicgait.bench.write import write_results
from mimicgait.data import SequenceStore
from mimicgait.errors import ConfigError


def run_bench(config: BenchConfig, say: Say, command: str = "mimicgait bench") -> tuple[Path, Path]:
    """Run a benchmark and return the paths of its tables and of all figures.

    Every network is saved when it is trained, and every score when it is known: a benchmark that was
    interrupted goes on when it is started again, and one that gets another method or suite does only what is
    new. What fails is told at the end; the rest is done and stands in the tables.

    Args:
        config: the plan.
        say: is told what begins.
        command: what the results name as the way to make them again.

    Raises:
        ConfigError: if the plan has mistakes (before anything begins), or something failed.
        DataError: if a store cannot be read.
    """
    for path in (config.train, config.test, *config.other_tests):
        SequenceStore(path)
    tasks = [] if config.report_only else plan_tasks(config)
    config.out.mkdir(parents=True, exist_ok=True)
    failed = run_tasks(tasks, jobs=config.jobs, threads=config.threads, say=say)
    write_results(config, command)
    if failed:
        reasons = "\n".join(f"{name}: {reason}" for name, reason in failed.items())
        raise ConfigError(
            f"{len(failed)} of {len(tasks)} parts of the benchmark failed; the others are in "
            f"{config.file('.md')}. Mend these and give the same command again:\n{reasons}"
        )
    return config.file(".md"), config.file(".json")


def plan_tasks(config: BenchConfig) -> list[Task]:
    """List all the work of a plan: trainings, the judging of networks and guides, and closer looks at some.

    Raises:
        ConfigError: if a recipe cannot be read or holds an unknown setting.
    """
    tasks = [Task(training.name, training.run, training.needs) for training in plan_trainings(config)]
    tasks += [
        Task(f"judging {c.backbone} {c.method}, seed {c.seed}", Judging(config, c), c.needs)
        for c in plan_candidates(config)
    ]
    tasks += [
        Task(f"judging {each.guide.name} on {each.store}", each, (each.guide.name,))
        for each in judgings(config)
    ]
    tasks += [
        Task(f"looking at {c.backbone} {c.method}, seed {c.seed}", Looking(config, c), c.needs)
        for c in looked_at(config)
    ]
    return tasks
