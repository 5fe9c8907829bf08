"""Why some methods stand in another order on the walkers than in the paper, looked at on validation walkers.

Run it after `mimicgait bench --config recipes/bench/headline.yaml --out runs/bench` as
`python benchmarks/distillation_orders.py [FILE] --runs runs/bench/gaitbase --store runs/walkers/val`. Two
questions, of networks that are there:

Does a guided network listen to its guide? Its signature is T_F F(O) + T_V V(O): rank-1 as it is, and with
V(O) replaced by its mean over all sequences, which tells nothing; and how far T_V V spreads beside T_F F.

Do distilled signatures of occluded walks differ enough from each other? What a network cannot see it can only
guess as the mean of all people, which draws signatures together: their spread around the mean beside that of
the teacher's signatures of complete walks, and rank-1 by other distances, in case the distance is to blame.
"""

from pathlib import Path

import numpy as np
import torch
from _result import command_line, give, made_on
from torch import Tensor, nn
from torch.nn.functional import normalize

from mimicgait.data import SequenceStore
from mimicgait.distance import PartwiseEuclidean
from mimicgait.evaluation import WALKERS, embed_store
from mimicgait.models import MimicNetwork, load_model
from mimicgait.occlusion import paper_mixture

GUIDED = ("guided", "occlusion-aware", "mimic", "mickd-classifier")
PLAIN = ("baseline2", "l2", "mickd")
SEED = 0


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs/bench/gaitbase"), help="folder of seed-N/")
    parser.add_argument("--store", type=Path, default=Path("runs/walkers/val"), help="validation walkers")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="training seeds")
    args = parser.parse_args()
    store = SequenceStore(args.store)
    judge = Judge(store)
    found = {
        f"seed {seed}": {
            **{name: listens(judge, load(args.runs, seed, name)) for name in GUIDED},
            **spreads(judge, args.runs, seed),
        }
        for seed in args.seeds
    }
    setting = {
        "benchmark": "orders that differ from the paper's, on validation walkers",
        "data": store.name,
        "occlusion": "top or bottom, 40-60 %, both sides",
        "probes": len(judge.probe),
        "seed": SEED,
    }
    give(setting | found | made_on(torch, np), args.out)


class Judge:
    """Signatures of a store, and rank-1 by the walkers' protocol."""

    def __init__(self, store: SequenceStore) -> None:
        split = WALKERS.split(store.keys)
        self.store = store
        self.gallery, self.probe = np.asarray(split.gallery), np.asarray(split.probe)
        self.people = np.asarray([key.subject for key in store.keys])

    def embed(self, network: nn.Module, *, hidden: bool) -> Tensor:
        """Return the signatures `[n, c, p]` of complete or of occluded walks."""
        occlusion = paper_mixture() if hidden else None
        return embed_store(network, self.store, occlusion=occlusion, seed=SEED).values

    def rank1(self, signatures: Tensor) -> float:
        """Rank-1 in % by the usual distance."""
        distances = PartwiseEuclidean()(signatures[self.probe], signatures[self.gallery])
        nearest = distances.argmin(dim=1).numpy()
        return round(100 * float((self.people[self.gallery][nearest] == self.people[self.probe]).mean()), 1)


class Joined(nn.Module):
    """What a guided network mixes: F(O) and V(O), `[n, c + v, p]`, in place of the signature."""

    def __init__(self, network: MimicNetwork) -> None:
        super().__init__()
        self.network, self.input_size = network, network.input_size
        self.seen: list[Tensor] = []
        network.mixing.register_forward_pre_hook(lambda _, inputs: self.seen.append(inputs[0]))

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the network's signature's ingredients."""
        self.network(frames, lengths)
        return self.seen.pop()


def load(runs: Path, seed: int, name: str) -> nn.Module:
    """Load a network of the benchmark."""
    return load_model(runs / f"seed-{seed}" / name / "model").eval()


@torch.no_grad()
def listens(judge: Judge, network: nn.Module) -> dict[str, float]:
    """Rank-1 of a guided network, as it is and without news from its guide."""
    joined = judge.embed(Joined(network), hidden=True)
    own, guide = joined.clone(), joined.clone()
    own[:, network.channels :], guide[:, : network.channels] = 0, 0
    from_own, from_guide = network.mixing(own), network.mixing(guide)
    return {
        "rank-1": judge.rank1(from_own + from_guide),
        "rank-1, guide says nothing": judge.rank1(from_own + from_guide.mean(0)),
        "spread of T_V V beside T_F F": round(spread(from_guide) / spread(from_own), 3),
    }


@torch.no_grad()
def spreads(judge: Judge, runs: Path, seed: int) -> dict[str, dict[str, float]]:
    """Rank-1 by several distances, and the spread of the signatures beside the teacher's."""
    complete = judge.embed(load(runs, seed, "teacher"), hidden=False)
    found = {}
    for name in PLAIN:
        signatures = judge.embed(load(runs, seed, name), hidden=True)
        centred = signatures - signatures.mean(0)
        found[name] = {
            "rank-1": judge.rank1(signatures),
            "rank-1, parts of length one": judge.rank1(normalize(signatures, dim=1)),
            "rank-1, the same around the mean": judge.rank1(normalize(centred, dim=1)),
            "spread beside the teacher's": round(spread(signatures) / spread(complete), 3),
        }
    return found


def spread(signatures: Tensor) -> float:
    """Root of the mean squared distance from the mean signature."""
    return float((signatures - signatures.mean(0)).square().sum(dim=(1, 2)).mean().sqrt())


if __name__ == "__main__":
    main()
