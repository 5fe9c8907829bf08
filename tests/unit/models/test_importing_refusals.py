"""What an import refuses: nothing is run, nothing is written, and one error says why."""

import os
import pickle

import pytest
import torch
from field_checkpoints import detector_weights, field_weights, mimic_weights, write

from mimicgait.errors import CheckpointError
from mimicgait.models.importing import import_checkpoint


@pytest.fixture
def refuse(tmp_path):
    def attempt(source, match, **options):
        before = set(tmp_path.iterdir())
        with pytest.raises(CheckpointError, match=match) as caught:
            import_checkpoint(source, tmp_path / "out", **options)
        assert set(tmp_path.iterdir()) == before, "something was written"
        assert source.name in str(caught.value)
        return str(caught.value)

    return attempt


class Hostile:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("legacy", [False, True])
def test_pickle_that_would_run_code(tmp_path, refuse, legacy):
    marker = tmp_path / "executed"
    source = tmp_path / "hostile.pt"
    content = {"model": {**field_weights("GaitPart-small"), "extra": Hostile(marker)}}
    torch.save(content, source, _use_new_zipfile_serialization=not legacy)
    refuse(source, "mkdir.*nothing in it was run")
    assert not marker.exists()


def test_plain_pickle_that_would_run_code(tmp_path, refuse):
    marker = tmp_path / "executed"
    source = tmp_path / "hostile.pt"
    source.write_bytes(pickle.dumps(Hostile(marker)))
    refuse(source, "hostile.pt")
    assert not marker.exists()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_truncated_file(tmp_path, refuse, share):
    source = write(tmp_path / "cut.pt", field_weights("GaitPart-small"))
    data = source.read_bytes()
    source.write_bytes(data[: int(share * len(data))])
    refuse(source, "damaged|cut short")


def test_file_of_another_kind(tmp_path, refuse):
    source = tmp_path / "notes.pt"
    source.write_text("these are no weights")
    refuse(source, "damaged")


def test_missing_file(tmp_path, refuse):
    refuse(tmp_path / "nowhere.pt", "no file")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ([1, 2], "expected a dictionary of weights.*got list"),
        ({}, "got an empty one"),
        ({"model": {"a": torch.zeros(1), "b": 3}}, "'b': int"),
        ({"a": torch.zeros(2, 2).to_sparse()}, "a is no ordinary dense tensor"),
        ({"conv.weight": torch.zeros(3)}, "no weights of SwinGait.*conv.weight"),
    ],
)
def test_content_that_is_no_network(tmp_path, refuse, content, match):
    source = tmp_path / "odd.pt"
    torch.save(content, source)
    refuse(source, match)


def test_tensor_that_claims_more_than_it_holds(tmp_path, refuse):
    weights = field_weights("GaitPart-small")
    weights["Head.fc_bin"] = torch.zeros(1).expand(16, 10**6, 10**6)
    refuse(write(tmp_path / "huge.pt", weights), "Head.fc_bin.*more than it holds")


def test_sizes_are_checked_before_memory_is_taken(tmp_path, refuse):
    weights = field_weights("GaitPart-small")
    first = "Backbone.forward_block.feature.0.conv.weight"
    weights[first] = torch.zeros(10**6, 1, 5, 5, dtype=torch.uint8).float()  # a network of 10^13 weights
    refuse(write(tmp_path / "wide.pt", weights), "wrongly shaped")


def test_keys_are_listed_by_the_fields_names(tmp_path, refuse):
    weights = field_weights("GaitPart-small")
    del weights["TFA.pooling_func.conv1d3x3.4.2.conv.weight"]
    weights["Head.fc_bin"] = weights["Head.fc_bin"][:, :, :100]
    weights["surprise.weight"] = torch.zeros(3)
    message = refuse(write(tmp_path / "x.pt", weights), "look like weights of GaitPart")
    assert "1 missing: TFA.pooling_func.conv1d3x3.4.2.conv.weight" in message
    assert "1 unexpected: surprise.weight" in message
    assert "1 wrongly shaped: Head.fc_bin (expected [16, 128, 128], got [16, 128, 100])" in message


def test_long_lists_are_counted(tmp_path, refuse):
    weights = {k: v for k, v in field_weights("GaitPart-small").items() if "TFA" not in k}
    message = refuse(write(tmp_path / "x.pt", weights), "64 missing")
    assert "and 52 more" in message


def test_weights_that_are_not_finite(tmp_path, refuse):
    weights = field_weights("GaitPart-small")
    weights["Head.fc_bin"][0, 0, 0] = torch.nan
    refuse(write(tmp_path / "x.pt", weights), "1 not finite: Head.fc_bin")


def test_another_family_than_expected(tmp_path, refuse):
    source = write(tmp_path / "x.pt", field_weights("GaitPart-small"))
    refuse(source, "expected weights of GaitSet, got those of GaitPart", expect="GaitSet")


def test_family_that_shares_its_first_keys_with_another(tmp_path, refuse):
    weights = field_weights("GaitSet-small")
    weights = {key.replace("gl_block", "other_block"): value for key, value in weights.items()}
    refuse(write(tmp_path / "x.pt", weights), "look like weights of GaitSet.*4 missing: gl_block2")


def test_size_that_cannot_be_told(tmp_path, refuse):
    weights = field_weights("GaitSet-small")
    del weights["Head.fc_bin"]
    refuse(write(tmp_path / "x.pt", weights), "Head.fc_bin is missing")


def test_swingait_cannot_do_without_the_cut(tmp_path, refuse):
    weights = {"transformer.patch_embed.proj.weight": torch.zeros(1)}
    refuse(write(tmp_path / "x.pt", weights), "SwinGait.*44 columns only", cut=False)


def test_swingait_with_other_windows(tmp_path, refuse):
    table = {
        "transformer.layers.0.blocks.0.attn.relative_position_index": torch.zeros(45, 45, dtype=torch.long)
    }
    weights = {"transformer.patch_embed.proj.weight": torch.zeros(1), **table}
    refuse(write(tmp_path / "x.pt", weights), "other windows than 3 frames of 3x5")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"occ_mixer_fc.fc_bin": None}, "only one of occ_detector"),
        ({"occ_mixer_fc.fc_bin": torch.zeros(16, 128, 128)}, r"occ_mixer_fc.*expected \[16, 192, 128\]"),
        ({"mimic_component.Head.fc_bin": None}, "mimic_component.*missing: Head.fc_bin"),
        ({"full_component.more": torch.zeros(2)}, "full_component.*unexpected: more"),
        ({"occ_detector.layer2.0.bias": None}, "detector.*missing: layer2.0.bias"),
        ({"discriminator.weight": torch.zeros(2)}, "1 unexpected: discriminator.weight"),
    ],
)
def test_mimic_model_with_a_part_that_does_not_fit(tmp_path, refuse, change, match):
    weights = {**mimic_weights(), **change}
    weights = {key: value for key, value in weights.items() if value is not None}
    refuse(write(tmp_path / "mimic.pt", weights), match)


def test_detector_of_another_size(tmp_path, refuse):
    weights = detector_weights()
    weights["layer3.0.weight"] = weights["layer3.0.weight"][:, :32]
    refuse(
        write(tmp_path / "v.pt", weights, bare=True),
        r"detector.*layer3.0.weight \(expected \[128, 64, 3, 3\]",
    )


def test_detector_with_other_kinds(tmp_path, refuse):
    weights = detector_weights()
    weights["fc2.weight"] = torch.zeros(5, 64)
    weights["fc2.bias"] = torch.zeros(5)
    refuse(write(tmp_path / "v.pt", weights, bare=True), r"fc2.weight \(expected \[3, 64\], got \[5, 64\]\)")
