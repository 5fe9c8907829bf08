"""Adapters, and every backbone family that the package exports: found by looking, so tested at once."""

import inspect
from functools import partial

import pytest
import torch
from adapter_cases import ADAPTERS

from mimicgait.models import backbones
from mimicgait.models.base import Backbone

FAMILIES = [
    value
    for value in vars(backbones).values()
    if inspect.isclass(value) and issubclass(value, Backbone) and not inspect.isabstract(value)
]


def smallest(family):
    """Make the smallest network of a family."""
    return family(**({"width": "tiny"} if "width" in inspect.signature(family).parameters else {}))


MAKERS = [pytest.param(partial(smallest, family), id=family.__name__) for family in FAMILIES] + ADAPTERS


def make_frames(n, t, seed=0):
    """Make uint8 frames `[n, t, 64, 64]`: ellipses of several widths that sway, with ragged edges."""
    generator = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(torch.linspace(-1, 1, 64), torch.linspace(-1, 1, 64), indexing="ij")
    girth = 0.25 + 0.2 * torch.rand(n, 1, 1, 1, generator=generator)
    sway = 0.3 * torch.rand(n, t, 1, 1, generator=generator) - 0.15
    noise = 0.3 * torch.rand(n, t, 64, 64, generator=generator)
    return (y**2 + ((x - sway) / girth) ** 2 + noise < 1).to(torch.uint8)


@pytest.fixture(params=MAKERS)
def backbone(request):
    """A family's smallest network, or an adapter, in eval mode, with the same weights every time."""
    torch.manual_seed(0)
    return request.param().eval()


@pytest.fixture
def frames():
    return make_frames
