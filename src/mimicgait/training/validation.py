"""What is watched while a network trains: rank-1 of complete and of occluded people never trained on."""

from collections.abc import Callable

import torch
from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.evaluation.evaluate import evaluate
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision


def rank_validation(
    store: SequenceStore, occlusion: Occlusion, precision: Precision, protocol: Protocol = WALKERS
) -> Callable[[nn.Module], dict[str, float]]:
    """Return a judge that gives `clean` and `occluded` rank-1 (0 to 1), always under the same occlusions."""

    def judge(network: nn.Module) -> dict[str, float]:
        with torch.inference_mode():
            clean = evaluate(network, store, protocol=protocol, seeds=(0,), precision=precision)
            hidden = evaluate(
                network, store, protocol=protocol, occlusion=occlusion, seeds=(0,), precision=precision
            )
        return {"clean": clean.rank1, "occluded": hidden.rank1}

    return judge
