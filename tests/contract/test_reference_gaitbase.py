"""GaitBase computes what the field's GaitBase computes, from the field's own keys."""

import torch
from reference_formulas import assert_reference, reference_frames, reference_state, reference_vectors

from mimicgait.models.backbones import GaitBase

RENAMED = {"Backbone.forward_block.conv1.conv.": "conv1.", "Backbone.forward_block.": "", "FCs.": "head."}


def own_key(key):
    for theirs, ours in RENAMED.items():
        if key.startswith(theirs):
            return ours + key.removeprefix(theirs)
    raise AssertionError(f"no name for {key}")


def reference_model():
    state = {
        own_key(key): value
        for key, value in reference_state("GaitBase").items()
        if not key.startswith("BNNecks.")
    }
    model = GaitBase(cut=True).eval()
    model.load_state_dict(state)
    return model


def test_embeddings_are_the_fields():
    with torch.no_grad():
        assert_reference("GaitBase", reference_model()(reference_frames()))


def test_number_of_parameters_is_the_fields():
    expected = reference_vectors()["models"]["GaitBase"]["parameters_without_classifier"]
    assert sum(p.numel() for p in GaitBase().parameters()) == expected
