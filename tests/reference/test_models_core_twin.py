"""Slow twins of the core networks: one frame after the other, plain loops, float64."""

import copy

import pytest
import torch
from torch.nn.functional import conv2d

from mimicgait.models import MimicNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase
from mimicgait.models.heads import BNNeck, SeparateLinear, horizontal_pyramid

TOLERANCE = 1e-10
LENGTHS = torch.tensor([3, 1, 2])
FRAMES = (torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)


def close(got, expected):
    difference = ((got - expected).abs().max() / expected.abs().max()).item()
    assert difference < TOLERANCE, f"got {got.flatten()[:4]}, expected {expected.flatten()[:4]}"


def slow_pyramid(x, bins):
    result = []
    for count in bins:
        rows = x.shape[1] // count
        for i in range(count):
            strip = [[x[c, y, :] for y in range(i * rows, (i + 1) * rows)] for c in range(x.shape[0])]
            flat = [torch.cat(lines) for lines in strip]
            result.append(torch.stack([sum(f) / len(f) + max(f) for f in flat]))
    return torch.stack(result, dim=1)


def slow_separate(x, matrices):
    parts, inputs, outputs = matrices.shape
    result = torch.zeros(outputs, parts, dtype=torch.float64)
    for part in range(parts):
        for i in range(inputs):
            result[:, part] += x[i, part] * matrices[part, i]
    return result


def slow_norm(images, norm, training):
    """Normalise a list of images `[c, h, w]`; in training by the mean and variance over all their pixels."""
    result = [torch.empty_like(image) for image in images]
    for c in range(len(norm.weight)):
        mean, variance = norm.running_mean[c], norm.running_var[c]
        if training:
            pixels = torch.cat([image[c].flatten() for image in images])
            mean = pixels.sum() / len(pixels)
            variance = ((pixels - mean) ** 2).sum() / len(pixels)
        for image, out in zip(images, result, strict=True):
            out[c] = (image[c] - mean) / (variance + norm.eps) ** 0.5 * norm.weight[c] + norm.bias[c]
    return result


def slow_conv(images, layer):
    stride, padding = layer.stride, layer.padding
    return [conv2d(image[None], layer.weight, layer.bias, stride, padding)[0] for image in images]


def slow_block(images, block, training):
    kept = images
    if block.downsample is not None:
        kept = slow_norm(slow_conv(images, block.downsample[0]), block.downsample[1], training)
    images = [x.clamp(min=0) for x in slow_norm(slow_conv(images, block.conv1), block.bn1, training)]
    images = slow_norm(slow_conv(images, block.conv2), block.bn2, training)
    return [(x + shortcut).clamp(min=0) for x, shortcut in zip(images, kept, strict=True)]


def slow_gaitbase(model, frames, lengths, training):
    images = [x[None].double() for one, k in zip(frames, lengths, strict=True) for x in one[:k]]
    images = [x.clamp(min=0) for x in slow_norm(slow_conv(images, model.conv1), model.bn1, training)]
    for layer in (model.layer1, model.layer2, model.layer3, model.layer4):
        for block in layer:
            images = slow_block(images, block, training)
    result = []
    for k in lengths.tolist():
        pooled, images = images[0], [*images]
        for image in images[1:k]:
            pooled = torch.where(image > pooled, image, pooled)
        images = images[k:]
        result.append(slow_separate(slow_pyramid(pooled, [16]), model.head.fc_bin))
    return torch.stack(result)


def slow_features(network, frame):
    x = frame[None, None].double()
    for convolution, _, _ in network.convolutions:
        x = conv2d(x, convolution.weight, convolution.bias, padding=1).clamp(min=0)
        _, c, h, w = x.shape
        x = x.view(1, c, h // 2, 2, w // 2, 2).amax(dim=(3, 5))
    x = x[0].sum(dim=(1, 2)) / (x.shape[2] * x.shape[3])
    return (network.features.weight @ x + network.features.bias).clamp(min=0)


@pytest.fixture
def gaitbase():
    torch.manual_seed(0)
    model = GaitBase(width="tiny").double()
    model(FRAMES)  # statistics that are not the initial ones
    return model


@pytest.fixture
def ven():
    torch.manual_seed(1)
    return VisibilityNetwork(width="tiny").double()


@pytest.mark.parametrize("bins", [[16], [4, 2, 1]])
def test_pyramid(bins):
    x = torch.randn(3, 5, 16, 3, dtype=torch.float64)
    close(horizontal_pyramid(x, bins), torch.stack([slow_pyramid(one, bins) for one in x]))


def test_separate_matrices():
    layer = SeparateLinear(3, 4, 2).double()
    x = torch.randn(5, 4, 3, dtype=torch.float64)
    close(layer(x), torch.stack([slow_separate(one, layer.fc_bin) for one in x]))
    assert torch.autograd.gradcheck(layer, (x.requires_grad_(),))


@pytest.mark.parametrize("training", [False, True])
def test_gaitbase(gaitbase, training):
    """In training too: the statistics are those of the real frames, whatever lies in the padding."""
    gaitbase.train(training)
    with torch.no_grad():
        expected = slow_gaitbase(gaitbase, FRAMES, LENGTHS, training)
        close(gaitbase(FRAMES, LENGTHS), expected)


def test_ven(ven):
    with torch.no_grad():
        seen = ven(FRAMES, LENGTHS)
        for i, k in enumerate(LENGTHS.tolist()):
            features = [slow_features(ven, frame) for frame in FRAMES[i, :k]]
            close(ven.guidance(FRAMES, LENGTHS)[i], sum(features) / k)
            for j in range(k):
                close(seen.features[i, j], features[j])
                close(seen.logits[i, j], ven.kind_head.weight @ features[j] + ven.kind_head.bias)
                score = (ven.amount_head.weight @ features[j] + ven.amount_head.bias)[0]
                close(seen.amount[i, j], 1 / (1 + torch.exp(-score)))


def test_equation_1(gaitbase, ven):
    mimic = MimicNetwork(copy.deepcopy(gaitbase), ven).double().eval()
    with torch.no_grad():
        own = slow_gaitbase(mimic.backbone, FRAMES, LENGTHS, training=False)
        expected = torch.zeros_like(own)
        for i, k in enumerate(LENGTHS.tolist()):
            guidance = sum(slow_features(ven, frame) for frame in FRAMES[i, :k]) / k
            for part in range(16):
                joined = torch.cat([own[i, :, part], guidance])
                expected[i, :, part] = joined @ mimic.mixing.fc_bin[part]
        close(mimic(FRAMES, LENGTHS), expected)


@pytest.mark.parametrize("training", [False, True])
def test_neck(training):
    torch.manual_seed(0)
    neck = BNNeck(parts=2, channels=3, classes=4).double()
    x = torch.randn(6, 3, 2, dtype=torch.float64)
    neck(x + 1)
    neck.train(training)
    norm = neck.bn1d
    expected_features, expected_logits = torch.zeros(6, 3, 2).double(), torch.zeros(6, 4, 2).double()
    with torch.no_grad():
        for c in range(3):
            for p in range(2):
                j = c * 2 + p  # the field flattens [c, p]
                mean, variance = norm.running_mean[j], norm.running_var[j]
                if training:
                    mean = x[:, c, p].mean()
                    variance = ((x[:, c, p] - mean) ** 2).mean()
                scaled = (x[:, c, p] - mean) / (variance + norm.eps) ** 0.5
                expected_features[:, c, p] = scaled * norm.weight[j] + norm.bias[j]
        for i in range(6):
            for p in range(2):
                feature = expected_features[i, :, p] / expected_features[i, :, p].norm()
                expected_features[i, :, p] = feature
                for k in range(4):
                    vector = neck.fc_bin[p, :, k]
                    expected_logits[i, k, p] = (feature * vector).sum() / vector.norm()
        features, logits = neck(x)
    close(features, expected_features)
    close(logits, expected_logits)
