"""Networks of one's own in a benchmark: built from checkpoints where the plan trusts their package."""

from dataclasses import replace

import pytest
from bench_folder import make_plan

from mimicgait.bench.jobs import plan_candidates, plan_trainings
from mimicgait.bench.judge import COMPLETE, judge, score_file
from mimicgait.bench.report import Looking
from mimicgait.bench.report.lookfile import look_file, read_look
from mimicgait.errors import CheckpointError
from mimicgait.models import save_model

CODE = """
from mimicgait.models.backbones import GaitBase

class Mine(GaitBase):
    pass
"""


def test_a_network_of_ones_own_is_judged_where_it_is_trusted(tmp_path, monkeypatch):
    (tmp_path / "my_bench_network.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    import my_bench_network

    whole = make_plan(tmp_path)
    one = {"small": whole.backbones["small"]}
    plan = replace(whole, backbones=one, methods=("baseline1",), suites=("paper-40-60",))
    (candidate,) = plan_candidates(plan)
    save_model(my_bench_network.Mine(width="tiny", cut=True), candidate.network / "model")
    with pytest.raises(CheckpointError, match="trust"):
        judge(plan, candidate)
    trusting = replace(plan, trust=("my_bench_network",))
    judge(trusting, candidate)
    Looking(trusting, candidate)()
    assert score_file(trusting, candidate, COMPLETE, None).exists()
    assert read_look(look_file(trusting, candidate)) is not None


def test_every_training_trusts_what_the_plan_trusts(tmp_path):
    plan = replace(make_plan(tmp_path), methods=("registered", "baseline2", "mimic"), trust=("mine",))
    assert {training.config.trust for training in plan_trainings(plan)} == {("mine",)}
