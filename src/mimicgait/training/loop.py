"""The one training loop of all stages, on Accelerate: any device, any number of processes, resumable."""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import NoReturn

import torch
from accelerate import Accelerator
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from tqdm import tqdm

from mimicgait.errors import CheckpointError, MimicGaitError
from mimicgait.precision import autocast, resolve_precision
from mimicgait.training.config import LoopConfig, OptimizerConfig
from mimicgait.training.folder import RunFolder
from mimicgait.training.optimizer import build_optimizer, build_schedule
from mimicgait.training.stage import Stage, step_generator
from mimicgait.types import Batch

Validate = Callable[[nn.Module], dict[str, float]]
"""Judges a network: named figures for the log."""


def start_accelerator(loop: LoopConfig, folder: RunFolder) -> Accelerator:
    """Create the accelerator of a run: trackers write below the run folder."""
    return Accelerator(
        cpu=loop.device == "cpu",
        mixed_precision="no",  # the loop sets autocast itself, so that validation computes alike
        log_with=list(loop.trackers) or None,
        project_dir=folder.path,
    )


def fit(
    stage: Stage,
    batches: Callable[[int], Batch],
    *,
    accelerator: Accelerator,
    folder: RunFolder,
    optimizer: OptimizerConfig,
    loop: LoopConfig,
    validate: Validate | None = None,
) -> nn.Module:
    """Train a stage to its last step and return its network.

    Args:
        stage: gives the loss of a batch.
        batches: the batch of a step on this process; a pure function of the step, so that a run that was
            cut off goes on with the batches it would have seen.
        accelerator: see `start_accelerator`.
        folder: where log and checkpoints go, and where an interrupted run is found.
        optimizer: how weights are updated.
        loop: how long, and how often to log, validate and save.
        validate: judges the network while it trains.

    Raises:
        MimicGaitError: if the loss is no longer finite.
        CheckpointError: if the last checkpoint cannot be read.
    """
    store_as_images(stage)
    network = stage.network()
    adam = build_optimizer(stage, optimizer)
    schedule = build_schedule(adam, optimizer, loop.steps)
    wrapped, prepared = accelerator.prepare(stage, adam)
    run = _Run(accelerator, folder, loop, wrapped, prepared, schedule, optimizer.clip)
    begin = run.resume()
    for step in run.counted(begin):
        run.after(run.step(batches(step), step), step + 1)
        if validate and _due(step + 1, loop.validate_every, loop.steps):
            run.validate(validate, network, step + 1)
        if _due(step + 1, loop.checkpoint_every, loop.steps):
            run.save(step + 1)
    stage.finish()
    return network.eval()


@torch.no_grad()
def store_as_images(module: nn.Module) -> None:
    """Lay out the weights of 2D convolutions channels last, as their input is; 3D ones stay as they are."""
    for weight in module.parameters():
        if weight.ndim == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)


def _due(done: int, every: int, steps: int) -> bool:
    """Tell whether something that happens every so many steps, and at the end, is due."""
    return done == steps or (every > 0 and done % every == 0)


class _Run:
    """The moving parts of one call of `fit`."""

    def __init__(
        self,
        accelerator: Accelerator,
        folder: RunFolder,
        loop: LoopConfig,
        model: nn.Module,
        optimizer: Optimizer,
        schedule: LambdaLR,
        clip: float,
    ) -> None:
        self.accelerator, self.folder, self.loop = accelerator, folder, loop
        self.model, self.optimizer, self.schedule, self.clip = model, optimizer, schedule, clip
        self.precision = resolve_precision(loop.precision, accelerator.device)
        self.clock = perf_counter()
        self.bar: tqdm[NoReturn]
        accelerator.register_for_checkpointing(schedule)

    def counted(self, begin: int) -> Iterator[int]:
        """Yield the steps that are left, beneath a progress bar."""
        shown = self.loop.progress and self.accelerator.is_main_process
        with tqdm(
            total=self.loop.steps,
            initial=begin,
            desc=self.folder.path.name,
            unit="step",
            disable=not shown,
        ) as self.bar:
            for step in range(begin, self.loop.steps):
                yield step
                self.bar.update()

    def resume(self) -> int:
        """Load the newest checkpoint, if any, and return the step to go on from."""
        found = self.folder.last_checkpoint()
        if found is None:
            return 0
        step, path = found
        try:
            self.accelerator.load_state(str(path))
        except (OSError, RuntimeError, ValueError, KeyError, SafetensorError) as error:
            raise CheckpointError(
                f"{path} cannot be read ({error}); remove it to go on from the one before"
            ) from error
        if self.accelerator.is_main_process:
            self.folder.rewind(step)
        return step

    def step(self, batch: Batch, step: int) -> dict[str, Tensor]:
        """Take one optimiser step and return what the stage wants logged."""
        self.model.train()
        device = self.accelerator.device
        generator = step_generator(self.loop.seed, step, self.accelerator.process_index)
        with autocast(self.precision, device):
            loss, logs = self.model(batch, generator)
        self.accelerator.backward(loss)
        if self.clip:
            self.accelerator.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad(set_to_none=True)
        return {"loss": loss.detach(), **logs}

    def after(self, logs: dict[str, Tensor], done: int) -> None:
        """Write a line of the log when one is due.

        Raises:
            MimicGaitError: if a value is no longer finite.
        """
        if not _due(done, self.loop.log_every, self.loop.steps):
            return
        values = {name: float(value) for name, value in logs.items()}
        if not all(abs(value) < float("inf") for value in values.values()):
            raise MimicGaitError(
                f"training diverged at step {done}: {values}; lower --optimizer.lr, or set "
                "--optimizer.clip or --optimizer.warmup"
            )
        self.bar.set_postfix_str(f"loss {values['loss']:.4f}")
        values["lr"] = float(self.schedule.get_last_lr()[0])
        now = perf_counter()
        values["seconds"], self.clock = now - self.clock, now
        self._write(values, done)

    def validate(self, validate: Validate, network: nn.Module, step: int) -> None:
        """Judge the network on the main process while the others wait."""
        if self.accelerator.is_main_process:
            network.eval()
            self._write({f"validation/{k}": v for k, v in validate(network).items()}, step)
        self.accelerator.wait_for_everyone()

    def _write(self, values: dict[str, float], step: int) -> None:
        self.accelerator.log(values, step=step)
        if self.accelerator.is_main_process:
            self.folder.append({"step": step, **values})

    def save(self, step: int) -> None:
        """Write a checkpoint that is either whole or not there."""
        if self.accelerator.is_main_process:
            self.folder.scratch()
        self.accelerator.wait_for_everyone()
        scratch = self.folder.path / "checkpoints" / "unfinished"
        self.accelerator.save_state(str(scratch))
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            self.folder.keep(scratch, step)
        self.accelerator.wait_for_everyone()
