"""From files to batches: silhouettes, stores, layouts, sampling and augmentation."""

from mimicgait.data.augment import Augment, Augmentation, Erase, Flip, Perspective, Rotate
from mimicgait.data.check import StoreReport, check_store
from mimicgait.data.coverage import Coverage, cover, original_size, refuse_mismatch
from mimicgait.data.importing import ImportReport, import_folder, import_opengait
from mimicgait.data.layouts import LAYOUTS, Layout, find_layout
from mimicgait.data.lists import load_partition
from mimicgait.data.opengait import OpenGaitEntry, OpenGaitFolder, read_opengait, write_opengait
from mimicgait.data.packing import collate, pack_frames, unpack_frames
from mimicgait.data.partition import Partition
from mimicgait.data.sampling import FrameSampling, PKSampler, sample_frames
from mimicgait.data.sheet import contact_sheet, write_sheets
from mimicgait.data.silhouette import (
    Dropped,
    DropReason,
    Interpolation,
    Normalised,
    normalise,
    normalise_sequence,
)
from mimicgait.data.split import split_people, split_store
from mimicgait.data.store import SequenceStore, StoreWriter
from mimicgait.data.unpickle import read_pickle

__all__ = [
    "LAYOUTS",
    "Augment",
    "Augmentation",
    "Coverage",
    "DropReason",
    "Dropped",
    "Erase",
    "Flip",
    "FrameSampling",
    "ImportReport",
    "Interpolation",
    "Layout",
    "Normalised",
    "OpenGaitEntry",
    "OpenGaitFolder",
    "PKSampler",
    "Partition",
    "Perspective",
    "Rotate",
    "SequenceStore",
    "StoreReport",
    "StoreWriter",
    "check_store",
    "collate",
    "contact_sheet",
    "cover",
    "find_layout",
    "import_folder",
    "import_opengait",
    "load_partition",
    "normalise",
    "normalise_sequence",
    "original_size",
    "pack_frames",
    "read_opengait",
    "read_pickle",
    "refuse_mismatch",
    "sample_frames",
    "split_people",
    "split_store",
    "unpack_frames",
    "write_opengait",
    "write_sheets",
]
