"""Small data sets in the real folders of each data set of the field, and what an import must make of them."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Case:
    """A data set on disk.

    Attributes:
        layout: its name.
        files: what lies where below the root: an array is a pickle, a list of arrays is a folder of PNGs.
        keys: the sequences that must be found, `subject/type/view`, each with the folder or file it is in.
        size: what the import must announce.
    """

    layout: str
    files: Mapping[str, Array | list[Array]]
    keys: Mapping[str, str]
    size: str = "64x64"

    def write(self, root: Path) -> Path:
        """Write all files."""
        for name, content in self.files.items():
            if isinstance(content, list):
                (root / name).mkdir(parents=True)
                for number, image in enumerate(content, 1):
                    cv2.imwrite(str(root / name / f"{number}.png"), image)
            else:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(pickle.dumps(content))
        return root


def frames(seed: int, height: int = 64, width: int = 64, count: int = 3) -> Array:
    """Make frames of 0 and 255; those 128 high are made of blocks of 2x2, so that halving loses nothing."""
    scale = height // 64
    small = np.random.default_rng(seed).integers(0, 2, (count, 64, width // scale), dtype=np.uint8) * 255
    return small.repeat(scale, axis=1).repeat(scale, axis=2)


def stored(array: Array) -> Array:
    """Return what a store must hold of frames made by `frames`: halved, 64 wide, 0 and 1."""
    scale = array.shape[1] // 64
    small = array[:, ::scale, ::scale]
    wide = np.zeros((len(array), 64, 64), np.uint8)
    left = (64 - small.shape[2]) // 2
    wide[:, :, left : left + small.shape[2]] = small > 127
    return wide


def video(seed: int, count: int = 3) -> list[Array]:
    """Make images of a block twice as high as wide, anywhere: normalised, it fills columns 16 to 47."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(count):
        image = np.zeros((120, 160), np.uint8)
        height = int(rng.choice((32, 64)))  # resized by a whole number, or not at all
        top, left = int(rng.integers(0, 120 - height)), int(rng.integers(0, 160 - height // 2))
        image[top : top + height, left : left + height // 2] = 255
        images.append(image)
    return images


def block(count: int = 3) -> Array:
    """Return what a store must hold of images made by `video`."""
    wide = np.zeros((count, 64, 64), np.uint8)
    wide[:, :, 16:48] = 1
    return wide


def three_levels(layout: str, *keys: str, height: int = 64, width: int = 64) -> Case:
    """Make a data set of one pickle for each key."""
    files = {f"{key}/{key.split('/')[2]}.pkl": frames(i, height, width) for i, key in enumerate(keys)}
    return Case(layout, files, dict(zip(keys, files, strict=True)), f"{height}x{width}")


def several(layout: str, key: str, wanted: str, others: Mapping[str, Array], **shape: int) -> Case:
    """Make a sequence of several files, of which one is wanted."""
    files = {f"{key}/{name}": array for name, array in others.items()}
    files[f"{key}/{wanted}"] = frames(7, **shape)
    return Case(layout, files, {key: f"{key}/{wanted}"}, f"{shape['height']}x{shape['width']}")


def images(layout: str, **places: str) -> Case:
    """Make a data set of raw images; the arguments are not used by name, only by place: folder=key."""
    return Case(layout, {p: video(i) for i, p in enumerate(places)}, {k: p for p, k in places.items()}, "raw")


GREY = np.full((3, 3, 128, 128), 90, np.uint8)
RATIOS = np.ones(3)

CASES = {
    "casia-b": three_levels("casia-b", "001/nm-01/000", "001/bg-02/180", "075/cl-01/090"),
    "casia-b, raw": images("casia-b", **{"001/nm-01/018": "001/nm-01/018", "124/cl-02/162": "124/cl-02/162"}),
    "casia-b-star": several(
        "casia-b-star",
        "001/bg-01/000",
        "000-aligned-sils.pkl",
        {"000-ratios.pkl": RATIOS, "000-rgbs.pkl": GREY, "000-sils.pkl": frames(1, 128, 128)},
        height=64,
        width=44,
    ),
    "oumvlp": three_levels("oumvlp", "00001/00/000", "00001/01/090", "10306/00/270"),
    "oumvlp, raw": images(
        "oumvlp",
        **{"Silhouette_015-00/00003": "00003/00/015", "Silhouette_180-01/00003": "00003/01/180"},
    ),
    "grew": three_levels("grew", "00001train/00/4XPn5Z28", "00001/01/79XJefi8", "probe/03/etaGVnWf"),
    "grew, no level 03": Case(
        "grew",
        {"probe/etaGVnWf/etaGVnWf.pkl": frames(3), "00001/02/t16V/t16V.pkl": frames(4)},
        {"probe/03/etaGVnWf": "probe/etaGVnWf/etaGVnWf.pkl", "00001/02/t16V": "00001/02/t16V/t16V.pkl"},
    ),
    "gait3d": three_levels("gait3d", "0000/camid0_videoid2/seq0", "3999/camid9_videoid1/seq3", width=44),
    "gait3d, 128": three_levels("gait3d", "0000/camid0_videoid2/seq0", height=128, width=88),
    "ccpg": several(
        "ccpg",
        "000/U0_D0_BG/cam1_x",
        "cam1_x-aligned-sils.pkl",
        {"cam1_x-rgbs.pkl": GREY, "cam1_x-sils.pkl": frames(1, 128, 128), "cam1_x-ratios.pkl": RATIOS},
        height=64,
        width=64,
    ),
    "sustech1k": several(
        "sustech1k",
        "0004/01-bg-cl/045",
        "06-sil.pkl",
        {f"{i:02d}-other.pkl": GREY for i in range(16) if i != 6},
        height=64,
        width=64,
    ),
    "casia-e": three_levels("casia-e", "001/H-scene1-nm-1/000", "1014/L-scene3_s-cl-2/180"),
    "casia-e, underscores": Case(
        "casia-e",
        {"001/H_scene3_s_nm_1/000/000.pkl": frames(2)},
        {"001/H-scene3_s-nm-1/000": "001/H_scene3_s_nm_1/000/000.pkl"},
    ),
    "casia-e, raw": images("casia-e", **{"001/H/scene1/bg/000/1": "001/H-scene1-bg-1/000"}),
    "ccgr-mini": several(
        "ccgr-mini",
        "7/BGCRCLSU1/45_1.avi",
        "002-45_1.avisil-a.pkl",
        {"000-ratios.pkl": RATIOS, "001-rgb.pkl": GREY, "003-par.pkl": GREY, "004-pose.pkl": RATIOS},
        height=128,
        width=128,
    ),
    "occgait": images("occgait", **{"001/CA01/000": "001/CA01/000", "001/NM02/045": "001/NM02/045"}),
    "freegait": several(
        "freegait",
        "0001/camera1/seq1",
        "image.pkl",
        {f"{name}.pkl": GREY for name in ("kp3d", "lidar", "range_pkl", "smpl")},
        height=64,
        width=64,
    ),
    "freegait, as released": Case(
        "freegait",
        {
            "0001/camera1/seq1/image/image.pkl": frames(3),
            **{f"0001/camera1/seq1/{name}/{name}.pkl": GREY for name in ("kp3d", "lidar", "smpl")},
        },
        {"0001/camera1/seq1": "0001/camera1/seq1/image/image.pkl"},
    ),
    "hid": three_levels("hid", "0001/a1/default", "probe/b2/default", height=128, width=128),
    "hid, raw": Case(
        "hid",
        {"HID2022_test_probe/b2": [*frames(5, 128, 88)], "train/0001/a1": [*frames(6, 128, 88)]},
        {"probe/b2/default": "HID2022_test_probe/b2", "0001/a1/default": "train/0001/a1"},
        "128x88",
    ),
    "tum-iitkgp": images("tum-iitkgp", **{"p01/occluded dynamic/left": "p01/occluded dynamic/left"}),
    "briar": three_levels("briar", "G00001/field_500m/cam7_clip3"),
    "generic": three_levels("generic", "anybody/any walk/any view"),
}
