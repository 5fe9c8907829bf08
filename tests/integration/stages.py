"""What the tests of trainings share: settings for tiny networks, and a run that is cut off and goes on."""

import shutil

import torch

from mimicgait.models import load_model
from mimicgait.training.config import BatchConfig, LoopConfig, OptimizerConfig


def tiny(walkers, out, *, steps=2, validate=False, **others):
    """Return the settings that every stage needs, as small as they can be."""
    return {
        "train": walkers / "train",
        "validation": walkers / "val" if validate else None,
        "out": out,
        "batch": BatchConfig(people=3, sequences=2, frames=(3, 3)),
        "optimizer": OptimizerConfig(name="adamw", lr=1e-3, schedule="constant"),
        "loop": LoopConfig(
            steps=steps,
            log_every=1,
            validate_every=0,
            checkpoint_every=1,
            trackers=(),
            progress=False,
            device="cpu",
            precision="float32",
        ),
        **others,
    }


def weights(run):
    """Return the weights of a run's network."""
    return load_model(run / "model").state_dict()


def trained_again_from_the_last_but_one(train, config):
    """Take the end of a run away, as if it had been cut off, and let it go on."""
    run = train(config)
    before = weights(run)
    shutil.rmtree(run / "model")
    shutil.rmtree(max((run / "checkpoints").glob("0*")))
    return before, weights(train(config))


def same(a, b):
    """Tell whether two sets of weights are bit-identical."""
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)
