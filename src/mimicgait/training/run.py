"""From a stage's settings to its trained network: the part that all stages share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import nn

from mimicgait.data import FrameSampling, PKSampler, SequenceStore, original_size, refuse_mismatch
from mimicgait.errors import CheckpointError
from mimicgait.evaluation.report import Settings, describe_machine, find_versions, run_to_html
from mimicgait.models import load_model, save_model
from mimicgait.models.checkpoint import CheckpointInfo, read_info
from mimicgait.precision import Precision, resolve_precision
from mimicgait.pretrained import shipped
from mimicgait.training.config import StageConfig, as_plain, plain_defaults
from mimicgait.training.folder import RunFolder, replace_text
from mimicgait.training.loop import Validate, fit, start_accelerator
from mimicgait.training.memory import keep_freed_memory
from mimicgait.training.stage import Stage

C = TypeVar("C", bound=StageConfig)


def run_stage(
    config: C,
    make_stage: Callable[[C, int], Stage],
    make_validation: Callable[[C, SequenceStore, Precision], Validate],
) -> Path:
    """Train one stage as its settings say and return the run folder, with the network below `model/`.

    A run that was interrupted goes on; a run that has ended is returned as it is.

    Args:
        config: the stage's settings.
        make_stage: builds the stage from the settings and the number of people to learn.
        make_validation: builds the judge of the validation store.

    Raises:
        ConfigError: if silhouettes that were prepared differently would be mixed (see `refuse_mismatch`).
    """
    folder = RunFolder(config.out)
    store = SequenceStore(config.train)
    if folder.model.exists():
        _claim(folder, config)
        return folder.path
    keep_freed_memory()
    accelerator = start_accelerator(config.loop, folder)
    set_seed(config.loop.seed)
    sampler = _sampler(config, store, accelerator)
    judged = SequenceStore(config.validation) if config.validation else None
    precision = resolve_precision(config.loop.precision, accelerator.device)
    validate = make_validation(config, judged, precision) if judged is not None else None
    stage = make_stage(config, len(sampler.classes))
    _refuse_mixed_sizes(config, stage, store, judged)
    with accelerator.main_process_first():
        _claim(folder, config)  # not before: a mistake in the settings leaves no folder behind
    folder.note_environment(store.fingerprint, config.loop.seed)
    accelerator.init_trackers("tensorboard")
    network = fit(
        stage,
        sampler.batch,
        accelerator=accelerator,
        folder=folder,
        optimizer=config.optimizer,
        loop=config.loop,
        validate=validate,
    )
    if accelerator.is_main_process:
        write_run_page(config, folder, store)
        save_model(network.cpu(), folder.model, metadata=_metadata(config, store))
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return folder.path


def _claim(folder: RunFolder, config: StageConfig) -> None:
    folder.claim(as_plain(config), plain_defaults(config))


def write_run_page(config: StageConfig, folder: RunFolder, store: SequenceStore) -> None:
    """Write `report.html` into the run folder: the curves, and what made them."""
    records = folder.records()
    settings = Settings(
        seed=config.loop.seed,
        config=as_plain(config),
        data={"name": store.name, "licence": store.licence, "fingerprint": store.fingerprint},
        versions=find_versions(),
        machine=describe_machine(),
        durations={"training": sum(record.get("seconds", 0.0) for record in records)},
    )
    note = f"{stage_name(config)}, {config.loop.steps} steps on {store.name}"
    page = run_to_html(f"Training run {folder.path.name}", settings, records, note)
    replace_text(folder.path / "report.html", page)


def stage_name(config: StageConfig) -> str:
    """Name a stage as the command line does."""
    return type(config).__name__.removesuffix("Config").lower()


def _sampler(config: StageConfig, store: SequenceStore, accelerator: Accelerator) -> PKSampler:
    least, most = config.batch.frames
    return PKSampler(
        store,
        people=config.batch.people,
        sequences=config.batch.sequences,
        frames=FrameSampling(
            count=least if least == most else (least, most),
            ordered=config.batch.ordered,
            skip=config.batch.skip,
        ),
        seed=config.loop.seed,
        device=accelerator.device,
        rank=accelerator.process_index,
        world_size=accelerator.num_processes,
    )


def _refuse_mixed_sizes(
    config: StageConfig, stage: Stage, store: SequenceStore, validation: SequenceStore | None
) -> None:
    """Refuse a network, or a validation store, that does not fit the silhouettes that are trained on."""
    size = cast(tuple[int, int], stage.network().input_size)
    refuse_mismatch(store, size)
    for path in config.begins_with():
        refuse_mismatch(store, size, trained_on=trained_size(path), network=str(path))
    if validation is not None:
        refuse_mismatch(validation, size, trained_on=original_size(store), network=str(config.out))


def _metadata(config: StageConfig, store: SequenceStore) -> dict[str, object]:
    return {
        "trained_on": store.name,
        "silhouettes": original_size(store),
        "data_licence": store.licence,
        "data_fingerprint": store.fingerprint,
        "stage": stage_name(config),
        "training": as_plain(config),
    }


def load_network(path: Path, trust: tuple[str, ...] = ()) -> nn.Module:
    """Load a trained network: from a run folder, the `model/` folder inside it, or by name `pretrained:NAME`.

    Raises:
        CheckpointError: if there is none, or the run has not ended yet.
    """
    name = shipped.shipped_name(path)
    return load_model(model_folder(path), trust=trust) if name is None else shipped.load(name)


def trained_size(path: Path) -> str | None:
    """Return what silhouettes a network was trained on, such as `64x44`; none if nobody noted it.

    Raises:
        CheckpointError: as `load_network` does.
    """
    size = network_info(path).metadata.get("silhouettes")
    return None if size is None else str(size)


def network_info(path: Path) -> CheckpointInfo:
    """Read what is noted of a trained network, without building it.

    Raises:
        CheckpointError: as `load_network` does.
    """
    return read_info(model_folder(path))


def model_folder(path: Path) -> Path:
    """Find the folder of the network: the one that was named, `model/` inside a run, or of `pretrained:NAME`.

    Raises:
        CheckpointError: if it is a run that has not ended, or no network of that name ships.
    """
    path = shipped.resolve(path)
    folder = RunFolder(path)
    if folder.model.exists():
        return folder.model
    if (path / "checkpoints").exists():
        raise CheckpointError(
            f"{path} is a run that has not ended: there is no {folder.model.name}/ in it yet"
        )
    return path
