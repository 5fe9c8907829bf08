import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from mimicgait.errors import CheckpointError, MimicGaitError
from mimicgait.training.config import LoopConfig, OptimizerConfig
from mimicgait.training.folder import RunFolder
from mimicgait.training.loop import fit, start_accelerator
from mimicgait.training.stage import Stage, step_generator
from mimicgait.types import Batch


class NoisyRegression(Stage):
    """Learns the mean of a batch from noisy frames: weights, BatchNorm and random draws all take part."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Linear(16, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))

    def forward(self, batch, generator):
        frames = batch.frames.flatten(1) + 0.1 * torch.randn(
            batch.frames.flatten(1).shape, generator=generator
        )
        loss = (self.layers(frames).squeeze(1) - batch.labels).square().mean()
        return loss, {"half": loss.detach() / 2}

    def network(self):
        return self.layers


def batches(step):
    generator = torch.Generator().manual_seed(step)
    frames = torch.rand(8, 1, 4, 4, generator=generator)
    return Batch(frames, torch.ones(8, dtype=torch.long), torch.arange(8).float() / 8)


def train(path, steps, *, save_every=5, lr=0.01, validate=None, batches=batches):
    folder = RunFolder(path)
    loop = LoopConfig(
        steps=steps,
        log_every=1,
        checkpoint_every=save_every,
        validate_every=4,
        trackers=(),
        progress=False,
        device="cpu",
        precision="float32",
    )
    folder.path.mkdir(parents=True, exist_ok=True)
    return fit(
        NoisyRegression(),
        batches,
        accelerator=start_accelerator(loop, folder),
        folder=folder,
        optimizer=OptimizerConfig(name="adamw", lr=lr, schedule="constant", warmup=3),
        loop=loop,
        validate=validate,
    )


def weights(network):
    return torch.cat([value.flatten().double() for value in network.state_dict().values()])


def test_an_interrupted_run_ends_bit_equal_to_an_uninterrupted_one(tmp_path):
    def cut_off(step):
        if step == 13:
            raise KeyboardInterrupt
        return batches(step)

    whole = train(tmp_path / "whole", 20)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "cut", 20, batches=cut_off)
    resumed = train(tmp_path / "cut", 20)
    assert torch.equal(weights(whole), weights(resumed))
    losses = [[r["loss"] for r in RunFolder(tmp_path / p).records()] for p in ("whole", "cut")]
    assert losses[0] == losses[1]
    assert len(losses[0]) == 20


def test_a_killed_process_leaves_a_run_that_goes_on_to_the_same_end(tmp_path):
    program = textwrap.dedent(
        """
        import sys, time
        sys.path.insert(0, sys.argv[1])
        import test_loop
        def slow(step):
            time.sleep(0.1)
            return test_loop.batches(step)
        from pathlib import Path
        test_loop.train(Path(sys.argv[2]), 60, save_every=2, batches=slow)
        """
    )
    here = str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-c", program, here, str(tmp_path / "killed")],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    folder = RunFolder(tmp_path / "killed")
    deadline = time.monotonic() + 60
    while folder.last_checkpoint() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    step, _ = folder.last_checkpoint()
    assert 0 < step < 60
    resumed = train(tmp_path / "killed", 60, save_every=20)
    assert torch.equal(weights(resumed), weights(train(tmp_path / "whole", 60, save_every=20)))


def test_validation_comes_at_its_steps_and_at_the_end_in_eval_mode(tmp_path):
    modes = []

    def judge(network):
        modes.append(network.training)
        return {"score": 0.5}

    network = train(tmp_path, 10, validate=judge)
    found = [r["step"] for r in RunFolder(tmp_path).records() if "validation/score" in r]
    assert found == [4, 8, 10]
    assert modes == [False, False, False]
    assert not network.training


def test_a_loss_that_is_not_finite_stops_with_advice(tmp_path):
    def poisoned(step):
        batch = batches(step)
        return Batch(batch.frames * float("nan"), batch.lengths, batch.labels)

    with pytest.raises(MimicGaitError, match=r"diverged at step 1.*lower --optimizer\.lr"):
        train(tmp_path, 5, batches=poisoned)


def test_a_damaged_checkpoint_is_named(tmp_path):
    train(tmp_path, 5)
    _, path = RunFolder(tmp_path).last_checkpoint()
    for file in path.glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(CheckpointError, match="cannot be read"):
        train(tmp_path, 8)


def test_step_generators_differ_by_seed_step_and_process_and_repeat():
    def first(*args):
        return torch.rand(1, generator=step_generator(*args)).item()

    assert first(0, 0, 0) == first(0, 0, 0)
    assert len({first(0, 0, 0), first(1, 0, 0), first(0, 1, 0), first(0, 0, 1)}) == 4
