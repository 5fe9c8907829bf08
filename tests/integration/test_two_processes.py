"""The teacher's training with two processes, started as a user would, by PyTorch's launcher."""

import os
import subprocess
import sys

import pytest

from mimicgait.models import load_model
from mimicgait.synth import SIZES, write_walkers
from mimicgait.training.folder import RunFolder

TRAIN = """
import sys
from pathlib import Path
from mimicgait.training.config import BackboneConfig, BatchConfig, LoopConfig, OptimizerConfig
from mimicgait.training.teacher import TeacherConfig, train_teacher

train_teacher(TeacherConfig(
    train=Path(sys.argv[1]), out=Path(sys.argv[2]), augment=0.0,
    backbone=BackboneConfig(args={"width": "tiny", "cut": True}),
    batch=BatchConfig(people=4, sequences=2, frames=(3, 3)),
    optimizer=OptimizerConfig(name="sgd", lr=0.01, schedule="constant"),
    loop=LoopConfig(
        steps=3, log_every=1, checkpoint_every=2, trackers=(), progress=False, device="cpu",
        precision="float32",
    ),
))
"""


@pytest.mark.slow
def test_two_processes_on_the_cpu_share_a_batch(tmp_path):
    write_walkers(tmp_path / "data", SIZES["tiny"]["train"], workers=1, progress=False)
    script = tmp_path / "train.py"
    script.write_text(TRAIN)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launcher, str(script), str(tmp_path / "data"), str(tmp_path / "run")],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert [r["step"] for r in RunFolder(tmp_path / "run").records()] == [1, 2, 3]
    assert load_model(tmp_path / "run" / "model").parts == 16
    assert "random_states_1.pkl" in {p.name for p in (tmp_path / "run").rglob("random_states_*.pkl")}
