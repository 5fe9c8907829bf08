"""What the guides see by themselves: the table of the VEN and of the classifier of types."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mimicgait.bench.jobs import Training, plan_guides
from mimicgait.bench.judge import read_score
from mimicgait.bench.plan import BenchConfig
from mimicgait.data import SequenceStore
from mimicgait.errors import CheckpointError
from mimicgait.evaluation.batches import best_device
from mimicgait.evaluation.visibility import estimate_visibility, type_accuracy
from mimicgait.models import OcclusionClassifier, VisibilityNetwork
from mimicgait.models.checkpoint import model_hash
from mimicgait.models.visibility import FrameGuide
from mimicgait.occlusion import Occlusion
from mimicgait.training.folder import replace_text
from mimicgait.training.guide import load_guide
from mimicgait.training.visibility import with_nothing


@dataclass(frozen=True, slots=True)
class GuideJudging:
    """The judging of one guide on one store, as a task for a process of its own."""

    config: BenchConfig
    guide: Training
    store: Path

    def __call__(self) -> None:
        """Let the guide judge every frame of the store, unless that has been done."""
        network, store = load_guide(self.guide.config.out), SequenceStore(self.store)
        key = {"model": model_hash(network), "data": store.fingerprint, "draw": self.config.draws[0]}
        path = guide_file(self.config, self.guide, self.store)
        if read_score(path, key) is not None:
            return
        found = _see(network, store, with_nothing(self.guide.config.occlusion), self.config.draws[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps({"key": key, "store": store.name, **found}))


def _see(network: FrameGuide, store: SequenceStore, occlusion: Occlusion, seed: int) -> dict[str, float]:
    device = best_device()
    if isinstance(network, VisibilityNetwork):
        estimate = estimate_visibility(network, store, occlusion=occlusion, seed=seed, device=device)
        return {"accuracy": estimate.accuracy, "amount_mse": estimate.amount_mse}
    if isinstance(network, OcclusionClassifier):
        return {"accuracy": type_accuracy(network, store, occlusion=occlusion, seed=seed, device=device)}
    raise CheckpointError(f"{type(network).__name__} tells neither types nor amounts: nothing to judge")


def judgings(config: BenchConfig) -> list[GuideJudging]:
    """List what guides are to be judged on: the test store and the others of the plan."""
    stores = (config.test, *config.other_tests)
    return [GuideJudging(config, guide, store) for guide in plan_guides(config) for store in stores]


def guide_file(config: BenchConfig, guide: Training, store: Path) -> Path:
    """Say where the result of one guide on one store lies."""
    place = "test" if store == config.test else f"other-{config.other_tests.index(store)}"
    return config.out / "scores" / guide.name / f"{place}.json"


def guide_results(config: BenchConfig) -> list[dict[str, Any]]:
    """Read what the guides were found to see, one entry for each guide, training seed and store."""
    found = []
    for judging in judgings(config):
        score = read_score(guide_file(config, judging.guide, judging.store))
        if score is not None:
            name, _, seed = judging.guide.name.partition("/seed-")
            entry: dict[str, Any] = {"guide": name, "training_seed": int(seed)}
            entry |= {key: score[key] for key in ("store", "accuracy", "amount_mse") if key in score}
            found.append(entry)
    return found
