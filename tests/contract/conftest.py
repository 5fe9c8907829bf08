"""Every backbone family that the package exports, found by looking: a new file is tested at once."""

import inspect

import pytest
import torch

from mimicgait.models import backbones
from mimicgait.models.base import Backbone

FAMILIES = [
    value
    for value in vars(backbones).values()
    if inspect.isclass(value) and issubclass(value, Backbone) and not inspect.isabstract(value)
]


def build(family):
    """Make the smallest network of a family, with the same weights every time."""
    torch.manual_seed(0)
    small = {"width": "tiny"} if "width" in inspect.signature(family).parameters else {}
    return family(**small)


def make_frames(n, t, seed=0):
    """Make uint8 frames `[n, t, 64, 64]`: ellipses of several widths that sway, with ragged edges."""
    generator = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(torch.linspace(-1, 1, 64), torch.linspace(-1, 1, 64), indexing="ij")
    girth = 0.25 + 0.2 * torch.rand(n, 1, 1, 1, generator=generator)
    sway = 0.3 * torch.rand(n, t, 1, 1, generator=generator) - 0.15
    noise = 0.3 * torch.rand(n, t, 64, 64, generator=generator)
    return (y**2 + ((x - sway) / girth) ** 2 + noise < 1).to(torch.uint8)


@pytest.fixture(params=FAMILIES, ids=lambda family: family.__name__)
def family(request):
    return request.param


@pytest.fixture
def backbone(family):
    """The family's smallest network in eval mode."""
    return build(family).eval()


@pytest.fixture
def frames():
    return make_frames
