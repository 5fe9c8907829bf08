"""`mimicgait register`: a backbone that puts cut silhouettes back where they belong, without any training."""

from pathlib import Path
from typing import Literal

from mimicgait.cli.console import say


def register(
    teacher: Path,
    visibility: Path,
    out: Path,
    assignment: Literal["argmax", "soft"] = "argmax",
    overwrite: bool = False,
    trust: tuple[str, ...] = (),
) -> None:
    """Join a backbone and a VEN: every frame is registered by the estimated occlusion before it is judged.

    A baseline without training. What VEN takes for the upper or lower part of a walker is shrunk to its
    visible share and put where it belongs; complete frames stay as they are.

    Examples:
        mimicgait register runs/teacher runs/ven runs/registered
        mimicgait evaluate --store walkers/test --model runs/registered --teacher runs/teacher --out report

    Args:
        teacher: the run or model folder of the backbone.
        visibility: the run or model folder of the VEN.
        out: the model folder to write.
        assignment: argmax takes the whole amount for the most likely type; soft shares it out by probability.
        overwrite: replace an older checkpoint that is there.
        trust: packages of yours whose networks may be built from a checkpoint.
    """
    from mimicgait.training.registration import register_network

    written = register_network(
        teacher, visibility, out, assignment=assignment, overwrite=overwrite, trust=trust
    )
    say(f"{written}: the network, for evaluate, embed and export")
