"""From files to batches: silhouettes, stores, layouts, sampling and augmentation."""

from mimicgait.data.packing import collate, pack_frames, unpack_frames
from mimicgait.data.sampling import FrameSampling, PKSampler, sample_frames
from mimicgait.data.silhouette import (
    Dropped,
    DropReason,
    Interpolation,
    Normalised,
    normalise,
    normalise_sequence,
)
from mimicgait.data.store import SequenceStore, StoreWriter

__all__ = [
    "DropReason",
    "Dropped",
    "FrameSampling",
    "Interpolation",
    "Normalised",
    "PKSampler",
    "SequenceStore",
    "StoreWriter",
    "collate",
    "normalise",
    "normalise_sequence",
    "pack_frames",
    "sample_frames",
    "unpack_frames",
]
