"""One file a data set: what is known about it, as data."""

from mimicgait.data.layouts.base import Counts, Layout, Names, Place
from mimicgait.data.layouts.briar import BRIAR
from mimicgait.data.layouts.casia_b import CASIA_B
from mimicgait.data.layouts.casia_b_star import CASIA_B_STAR
from mimicgait.data.layouts.casia_e import CASIA_E
from mimicgait.data.layouts.ccgr_mini import CCGR_MINI
from mimicgait.data.layouts.ccpg import CCPG
from mimicgait.data.layouts.freegait import FREEGAIT
from mimicgait.data.layouts.gait3d import GAIT3D
from mimicgait.data.layouts.generic import GENERIC
from mimicgait.data.layouts.grew import GREW
from mimicgait.data.layouts.hid import HID
from mimicgait.data.layouts.occgait import OCCGAIT
from mimicgait.data.layouts.oumvlp import OUMVLP
from mimicgait.data.layouts.sustech1k import SUSTECH1K
from mimicgait.data.layouts.tum_iitkgp import TUM_IITKGP
from mimicgait.errors import ConfigError, suggest

__all__ = ["GENERIC", "LAYOUTS", "Counts", "Layout", "Names", "Place", "find_layout"]

LAYOUTS = (
    *(CASIA_B, CASIA_B_STAR, OUMVLP, GREW, GAIT3D, CCPG, SUSTECH1K, CASIA_E, CCGR_MINI, OCCGAIT),
    *(FREEGAIT, HID, TUM_IITKGP, BRIAR, GENERIC),
)
"""All that are known."""


def find_layout(name: str) -> Layout:
    """Find a layout by its name.

    >>> find_layout("grew").title
    'GREW'

    Raises:
        ConfigError: if there is none; the message suggests the nearest.
    """
    for layout in LAYOUTS:
        if layout.name == name.lower():
            return layout
    raise ConfigError(f"no layout {name!r}: {suggest(name, (layout.name for layout in LAYOUTS))}")
