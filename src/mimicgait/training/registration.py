"""A trained backbone and a VEN joined to one network that registers what it sees; nothing is trained."""

from pathlib import Path

from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.models import save_model
from mimicgait.models.registered import Assignment, Registered
from mimicgait.training.guide import load_visibility
from mimicgait.training.run import load_network, network_info, trained_size


def register_network(
    teacher: Path,
    visibility: Path,
    out: Path,
    *,
    assignment: Assignment = "argmax",
    overwrite: bool = False,
    trust: tuple[str, ...] = (),
) -> Path:
    """Write a model folder with a backbone that sees frames registered by a VEN, and return it.

    Args:
        teacher: the backbone's run or model folder; what is noted there of its training is noted again.
        visibility: the VEN's run or model folder.
        out: the model folder to write.
        assignment: see `Registered`.
        overwrite: replace an older checkpoint that is there.
        trust: packages of yours whose networks may be built from a checkpoint.

    Raises:
        CheckpointError: if a network is missing or of the wrong kind, or `out` exists.
        ConfigError: if both were trained on silhouettes of different sizes, or do not fit together.
    """
    if out.exists() and not overwrite:
        raise CheckpointError(f"{out} exists; choose another folder, or give --overwrite")
    sizes = {trained_size(teacher), trained_size(visibility)} - {None}
    if len(sizes) > 1:
        raise ConfigError(
            f"{teacher} was trained on silhouettes of {trained_size(teacher)}, {visibility} of "
            f"{trained_size(visibility)}: train both on the same store"
        )
    network = Registered(
        load_network(teacher, trust), load_visibility(visibility, trust), assignment=assignment
    )
    metadata = {**network_info(teacher).metadata, "stage": "register"}
    save_model(network, out, metadata=metadata)
    return out
