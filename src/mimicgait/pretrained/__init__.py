"""Networks that ship in the package: trained on walkers, small enough for a CPU, there without a download."""

from mimicgait.pretrained.shipped import (
    NAMES,
    SCHEME,
    Shipped,
    best,
    describe,
    encoders,
    folder,
    load,
    names,
    path_of,
    resolve,
    shipped_name,
)

__all__ = [
    "NAMES",
    "SCHEME",
    "Shipped",
    "best",
    "describe",
    "encoders",
    "folder",
    "load",
    "names",
    "path_of",
    "resolve",
    "shipped_name",
]
