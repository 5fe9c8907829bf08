"""Which networks give the same signatures? What templates are known by, exported or not."""

import hashlib

from torch import nn

from mimicgait.export.encoder import OnnxEncoder
from mimicgait.models.checkpoint import model_hash


def signature_hash(network: nn.Module) -> str:
    """Return what a network's signatures are known by: equal values, comparable signatures.

    A float32 graph has the hash of the network that it was exported from, because it was checked against it
    before it was written. An int8 graph gives other signatures, and so has a hash of its own.

    Raises:
        CheckpointError: if the network cannot be described.
    """
    if not isinstance(network, OnnxEncoder):
        return model_hash(network)
    facts = network.facts
    if facts.source and facts.numbers == "float32":
        return facts.source
    return hashlib.sha256(network.path.read_bytes()).hexdigest()
