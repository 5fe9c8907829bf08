"""How long the mimic's training step takes beside its convolutions alone, and what the rest is.

Run it as `python benchmarks/training_step.py [FILE]`. Each figure is the median of several runs on this
machine; times are given as ratios to the convolutions, which are timed in the same process.
"""

import platform
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import torch
from _result import command_line, give
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from mimicgait.data import FrameSampling, PKSampler
from mimicgait.demo.recipe import RECIPES
from mimicgait.losses import MultiInstanceDistillationLoss
from mimicgait.models import MimicNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase
from mimicgait.occlusion import paper_mixture
from mimicgait.precision import autocast, resolve_precision
from mimicgait.synth import SynthConfig, write_walkers
from mimicgait.training.config import OptimizerConfig
from mimicgait.training.distill import DistillationStage
from mimicgait.training.memory import keep_freed_memory
from mimicgait.training.optimizer import build_optimizer
from mimicgait.training.stage import step_generator

DEMO = RECIPES["small"]
RUNS = 9
CPU = torch.device("cpu")


def main() -> None:
    """Measure, print and, if asked, save."""
    out = command_line(__doc__).parse_args().out
    keep_freed_memory()
    with TemporaryDirectory() as folder:
        config = SynthConfig(people=2 * DEMO.people, sequences=DEMO.sequences, frames=2 * DEMO.frames)
        store = write_walkers(Path(folder) / "walkers", config, workers=1, progress=False)
        frames = FrameSampling(count=DEMO.frames)
        sampler = PKSampler(store, people=DEMO.people, sequences=DEMO.sequences, frames=frames, seed=0)
        result = measure(sampler)
    give(result, out)


def measure(sampler: PKSampler) -> dict[str, Any]:
    """Time whole steps, their convolutions alone and the drawing of batches; profile one step."""
    torch.manual_seed(0)
    mimic = MimicNetwork(backbone(), VisibilityNetwork())
    stage = DistillationStage(mimic, backbone(), paper_mixture(), MultiInstanceDistillationLoss())
    stage.to(memory_format=torch.channels_last).train()
    adam = build_optimizer(stage, OptimizerConfig(name="adamw", lr=1e-3))
    precision = resolve_precision("auto", CPU)
    count = iter(range(10**6))

    def step() -> None:
        number = next(count)
        batch = sampler.batch(number)
        with autocast(precision, CPU):
            loss, _ = stage(batch, step_generator(0, number, 0))
        loss.backward()
        adam.step()
        adam.zero_grad()

    convolutions = Convolutions(stage, step, torch.bfloat16 if precision == "bfloat16" else torch.float32)
    whole, alone = interleaved(step, convolutions.run)
    batch = typical(lambda: sampler.batch(next(count)))
    return {
        "setting": f"{DEMO.people} x {DEMO.sequences} sequences of {DEMO.frames} frames, "
        f"GaitBase {DEMO.width}, cut, {precision}",
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
        "step_over_convolutions": round(whole / alone, 3),
        "batch_over_step": round(batch / whole, 4),
        "step_seconds": round(whole, 4),
        "share_of_step": shares(step),
    }


def backbone() -> GaitBase:
    """Make the demo's backbone."""
    return GaitBase(width=DEMO.width, cut=True)


class Convolutions:
    """The convolutions that a step computes, to be run again on their own, in channels-last.

    Records the shapes of every convolution's input and whether a gradient flows back through it.
    """

    def __init__(self, stage: nn.Module, step: Callable[[], None], dtype: torch.dtype) -> None:
        self.calls: list[tuple[Tensor, Tensor, nn.Conv2d, bool]] = []
        hooks = [m.register_forward_hook(self._record) for m in stage.modules() if isinstance(m, nn.Conv2d)]
        self.dtype = dtype
        step()
        for hook in hooks:
            hook.remove()

    def _record(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if not isinstance(module, nn.Conv2d):
            return
        image = torch.rand(inputs[0].shape).to(self.dtype, memory_format=torch.channels_last)
        weight = module.weight.detach().to(self.dtype, memory_format=torch.channels_last)
        gradient = output.requires_grad
        image.requires_grad_(inputs[0].requires_grad)
        self.calls.append((image, weight.requires_grad_(gradient), module, gradient))

    def run(self) -> None:
        """Run all of them forward, and backward where the step does."""
        for image, weight, module, gradient in self.calls:
            with torch.set_grad_enabled(gradient):
                y = nn.functional.conv2d(image, weight, None, module.stride, module.padding)
            if gradient:
                wanted = [x for x in (image, weight) if x.requires_grad]
                torch.autograd.grad(y, wanted, torch.ones_like(y))


def interleaved(a: Callable[[], object], b: Callable[[], object]) -> tuple[float, float]:
    """Time two calls in turns, so that a noisy machine is unfair to both; medians in seconds."""
    a(), b()
    times = [(seconds(a), seconds(b)) for _ in range(RUNS)]
    return median(t[0] for t in times), median(t[1] for t in times)


def typical(call: Callable[[], object]) -> float:
    """Return the median time of a call, in seconds."""
    call()
    return median(seconds(call) for _ in range(RUNS))


def seconds(call: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    call()
    return perf_counter() - start


def shares(step: Callable[[], None]) -> dict[str, float]:
    """Profile three steps and return the share of the time of the largest operators."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(3):
            step()
    averages = sorted(profiler.key_averages(), key=lambda e: -e.self_cpu_time_total)
    total = sum(e.self_cpu_time_total for e in averages)
    return {e.key: round(e.self_cpu_time_total / total, 3) for e in averages[:14]}


if __name__ == "__main__":
    main()
