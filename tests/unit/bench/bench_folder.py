"""A benchmark's folder without any training: untrained networks, judged as trained ones are."""

import json
import shutil
from dataclasses import replace

import torch
import yaml

from mimicgait.bench import BackbonePlan, BenchConfig
from mimicgait.bench.jobs import plan_candidates
from mimicgait.bench.judge import judge, score_file
from mimicgait.evaluation.suites import MATRIX
from mimicgait.models import save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.synth import SynthConfig, write_walkers

BATCH = {"people": 3, "sequences": 2, "frames": [3, 3]}
LOOP = {"steps": 2, "checkpoint_every": 2, "log_every": 1, "trackers": []}
TEACHER = {
    "backbone": {"name": "GaitBase", "args": {"width": "tiny", "cut": True}},
    "batch": BATCH,
    "optimizer": {"name": "adamw", "lr": 1e-3},
    "loop": LOOP,
}
STUDENT = {name: TEACHER[name] for name in ("batch", "optimizer", "loop")} | {"margin": 0.1}
SINGLE = {"batch": {"people": 3, "sequences": 2, "frames": [1, 1]}, "loop": LOOP}

METHODS = ("baseline1", "baseline2", "mimic")
CURVE = ("top 10", "top 80", "pole 10", "pole 30")
"""Cases of the curve that have scores."""

SUITES = ("paper-40-60", "probe-only", "curve", "matrix")


def plan_in(folder, recipes, **settings):
    """Write the recipes `teacher`, `student` and `ven`, and return the plan of a small backbone of them."""
    for name, recipe in recipes.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(recipe))
    small = BackbonePlan(teacher=folder / "teacher.yaml", student=folder / "student.yaml")
    usual = {
        "out": folder / "out",
        "train": folder / "train",
        "test": folder / "test",
        "visibility": folder / "ven.yaml",
        "backbones": {"small": small},
        "methods": METHODS,
        "threads": 1,
        "progress": False,
    }
    return BenchConfig(**{**usual, **settings})


def make_plan(folder):
    """Write stores and recipes, and return a plan of two backbones of which nothing is done yet."""
    walkers = SynthConfig(people=3, sequences=8, frames=3)
    write_walkers(folder / "train", walkers, progress=False)
    write_walkers(folder / "test", replace(walkers, start=3), progress=False)
    recipes = {"teacher": {"backbone": TEACHER["backbone"]}, "student": {"margin": 0.1}, "ven": {}}
    plan = plan_in(folder, recipes, suites=SUITES, draws=(0,))
    return replace(plan, backbones={"small": plan.backbones["small"], "other": plan.backbones["small"]})


def judge_untrained(plan):
    """Put untrained networks where trained ones are saved, and write scores of all of them.

    One backbone is judged in two suites; the other scores are made of these, for many would take long.
    """
    judged = replace(plan, backbones={"small": plan.backbones["small"]}, suites=("paper-40-60", "matrix"))
    for number, candidate in enumerate(plan_candidates(judged)):
        torch.manual_seed(number)
        save_model(GaitBase(width="tiny", cut=True), candidate.network / "model")
        judge(judged, candidate)
        folder = score_file(plan, candidate, MATRIX, None).parent
        scores = {
            name: json.loads((folder / f"{name}.json").read_text()) for name in ("complete", "paper-40-60")
        }
        hidden, complete = (
            scores["paper-40-60"]["cases"]["top or bottom"],
            scores["complete"]["cases"]["complete"],
        )
        curve = {"complete": complete} | dict.fromkeys(CURVE, hidden)
        (folder / "curve.json").write_text(json.dumps({"cases": curve}))
        both = ("top", "top (teacher's gallery)") if candidate.method == "mimic" else ("top",)
        (folder / "probe-only.json").write_text(json.dumps({"cases": dict.fromkeys(both, hidden)}))
    shutil.copytree(plan.out / "scores" / "small", plan.out / "scores" / "other")
