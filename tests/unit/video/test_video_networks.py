import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mimicgait.errors import ConfigError, ExportError
from mimicgait.video import MaskRCNN, OnnxSegmenter, VideoReader, find_people, open_segmenter

RED = (160 / 255, 40 / 255)


class Red(nn.Module):
    """The drawn walker is red: a probability a pixel."""

    def forward(self, image: Tensor) -> Tensor:
        return torch.sigmoid(30 * (image[:, :1] - image[:, 1:2] - 0.25))


class Detector(nn.Module):
    """The same as a detector: masks, scores and labels, with a dog that covers everything."""

    def forward(self, images: list[Tensor]) -> list[dict[str, Tensor]]:
        person = Red()(images[0][None])
        return [
            {
                "masks": torch.cat([person, torch.ones_like(person)]),
                "scores": torch.tensor([0.9, 0.95]),
                "labels": torch.tensor([1, 18]),
            }
        ]


class Instances(nn.Module):
    """Masks, scores and labels as separate outputs."""

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        found = Detector()([image[0]])[0]
        return found["masks"], found["scores"], found["labels"]


def export(module: nn.Module, path, names, size=(160, 256)):
    torch.onnx.export(module, (torch.zeros(1, 3, *size),), str(path), output_names=list(names), dynamo=False)
    return path


def agreement(person, other) -> float:
    """Overlap of the silhouettes of the frames that both have."""
    common = np.intersect1d(person.index, other.index)
    assert len(common) > 30
    a, b = (p.frames[np.searchsorted(p.index, common)] for p in (person, other))
    return float((a & b).sum() / (a | b).sum())


@pytest.fixture(scope="module")
def probability_file(tmp_path_factory):
    return export(Red(), tmp_path_factory.mktemp("onnx") / "red.onnx", ["probability"])


def test_a_network_of_probabilities_finds_the_walker(crossing, found, probability_file):
    people = find_people(crossing.path, segmenter=open_segmenter(probability_file)).people
    assert len(people) == 1
    assert agreement(people[0], found.people[0]) > 0.75


def test_a_network_of_masks_finds_the_walker_and_leaves_the_dog(crossing, found, tmp_path):
    path = export(Instances(), tmp_path / "masks.onnx", ["masks", "scores", "labels"])
    people = find_people(crossing.path, segmenter=OnnxSegmenter(path)).people
    assert len(people) == 1
    assert agreement(people[0], found.people[0]) > 0.75


def test_a_detector_of_torchvisions_kind(crossing, found):
    people = find_people(crossing.path, segmenter=MaskRCNN(Detector())).people
    assert len(people) == 1
    assert agreement(people[0], found.people[0]) > 0.75


def test_files_that_do_not_keep_to_the_contract_are_refused(tmp_path, crossing):
    with pytest.raises(ExportError, match="no such file"):
        OnnxSegmenter(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"bad")
    with pytest.raises(ExportError, match="cannot be run"):
        OnnxSegmenter(tmp_path / "bad.onnx")
    named = export(Instances(), tmp_path / "named.onnx", ["a", "b", "c"])
    with pytest.raises(ExportError, match="masks and scores"):
        OnnxSegmenter(named)
    flat = export(nn.Flatten(), tmp_path / "flat.onnx", ["x"])
    with pytest.raises(ExportError, match="no masks of people"):
        next(OnnxSegmenter(flat).segment(VideoReader(crossing.path)))


@pytest.mark.vision
def test_a_real_mask_rcnn_runs_untrained(crossing):
    detection = pytest.importorskip("torchvision.models.detection")
    torch.manual_seed(0)
    model = detection.maskrcnn_resnet50_fpn_v2(weights=None, weights_backbone=None, min_size=96, max_size=160)
    frame = next(MaskRCNN(model, min_score=0.0).segment(VideoReader(crossing.path)))
    assert frame.frame.index == 0


@pytest.mark.vision
def test_weights_that_cannot_be_had_are_explained(monkeypatch):
    detection = pytest.importorskip("torchvision.models.detection")

    def unreachable(**_):
        raise OSError("<urlopen error no route to host>")

    monkeypatch.setattr(detection, "maskrcnn_resnet50_fpn_v2", unreachable)
    with pytest.raises(ConfigError, match="no route to host"):
        MaskRCNN()
