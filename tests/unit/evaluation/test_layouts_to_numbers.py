"""The worked examples of the documentation, from pickles in each data set's own folders to the number.

A signature on a line is drawn as that many pixels, and the network counts them.
"""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mimicgait.data import Partition, SequenceStore, check_store, find_layout, import_opengait
from mimicgait.evaluation import judge_conditions, load_protocol
from mimicgait.evaluation.examples import on_a_line
from mimicgait.evaluation.protocols.dataset import DatasetProtocol
from mimicgait.evaluation.protocols.reading import known_types

PAGES = Path(__file__).parents[3] / "docs" / "protocols"
PROBES = {
    "gait3d": ("0001-camid0_videoid1-seq0", "0003-camid0_videoid1-seq0"),
    "freegait": ("1-day-a", "2-day-a"),
    "briar": ("A-uav-400m", "B-uav-400m"),
}
GALLERY = {
    "ccgr-mini": ("1-NM1-45_1.avi", "2-NM1-45_1.avi"),
    "briar": ("A-indoor-cam1", "B-indoor-cam1"),
}
FILES = {
    "ccpg": "x-aligned-sils.pkl",
    "ccgr-mini": "002-sil.pkl",
    "sustech1k": "06-sil.pkl",
    "freegait": "image.pkl",
}
KNOWN = [
    ("casia-b", "casia-b", "NM", {"rank1": 0.75}),
    ("oumvlp", "oumvlp", "NM", {"rank1": 0.75}),
    ("oumvlp", "oumvlp-without-absent", "NM", {"rank1": 1.0}),
    ("oumvlp", "oumvlp-cross-view", "NM", {"rank1": 0.75, "mAP": 0.75}),
    ("oumvlp", "oumvlp-cross-view-without-absent", "NM", {"rank1": 1.0, "mAP": 1.0}),
    ("gait3d", "gait3d", "all", {"rank1": 1.0, "mAP": 5 / 6, "mINP": 2 / 3}),
    ("freegait", "freegait", "all", {"rank1": 0.5, "mAP": 0.75}),
    ("ccgr-mini", "ccgr-mini", "all", {"rank1": 0.5, "mAP": 0.75}),
    ("ccpg", "ccpg", "CL", {"rank1": 0.0, "mAP": 0.5, "mINP": 0.5}),
    ("ccpg", "ccpg-gait", "CL", {"rank1": 1.0}),
    ("ccpg", "ccpg-gait-with-identical", "CL", {"rank1": 0.75}),
    ("sustech1k", "sustech1k", "Bag", {"rank1": 0.5}),
    ("casia-e", "casia-e", "NM", {"rank1": 0.5}),
    ("briar", "briar", "all", {"rank1": 0.5, "rank20": 1.0, "tar": 0.5}),
]


class Pixels(nn.Module):
    """The signature is the number of pixels in hundreds, mean over frames, `[n, 1, 1]`."""

    def forward(self, frames, lengths):
        return (frames.float().sum((1, 2, 3)) / lengths / 100)[:, None, None]


def write_folders(root, page):
    """Write the page's first table in the data set's folders."""
    table = re.search(r"on_a_line\('''\n(.*?)'''", (PAGES / f"{page}.md").read_text(), re.DOTALL)
    walks = on_a_line(table[1].replace("...", ""))
    for key, value in zip(walks.keys, walks.values.flatten().tolist(), strict=True):
        folder = root / key.subject / key.type / key.view
        write_sequence(folder, value, FILES.get(page, f"{key.view}.pkl"))
        if page == "sustech1k":
            for i in range(16):
                (folder / f"{i:02d}-other.pkl").write_bytes(pickle.dumps(np.zeros((2, 64, 64), np.uint8)))
            (folder / "06-other.pkl").unlink()
    return walks


def write_sequence(folder, value, name):
    """Write a pickle of two frames with 100 pixels for each unit and 100 more."""
    frame = np.zeros(64 * 64, np.uint8)
    frame[: round(100 * value) + 100] = 255
    folder.mkdir(parents=True)
    (folder / name).write_bytes(pickle.dumps(np.stack([frame.reshape(64, 64)] * 2)))


@pytest.mark.parametrize(("page", "name", "condition", "expected"), KNOWN, ids=[case[1] for case in KNOWN])
def test_numbers_from_folders_are_those_of_the_page(tmp_path, page, name, condition, expected):
    walks = write_folders(tmp_path / "raw", page)
    people = tuple(sorted({key.subject for key in walks.keys}))
    partition = Partition(("nobody",), people, PROBES.get(page), GALLERY.get(page))
    report = import_opengait(tmp_path / "raw", tmp_path / "store", layout=find_layout(page))
    assert not report.bad
    assert check_store(tmp_path / "store").ok
    store = SequenceStore(tmp_path / "store")
    whole = load_protocol(name, partition)
    whole.check_types(store.keys, known_types())
    protocol = DatasetProtocol(
        name=name, title="", conditions={condition: whole.condition(condition)}, figures=tuple(expected)
    )
    with torch.no_grad():
        found = judge_conditions(Pixels(), store, protocol)[condition]
    assert dict(found.figures) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("turned", [False, True])
def test_grew_from_folders_however_they_are_numbered(tmp_path, turned):
    walks = {
        "00001": {"zebra": 1.0, "apple": 4.0},
        "00002": {"mango": 2.0, "peach": 7.5},
        "00003": {"x": 5.0, "y": 5.1},
    }
    for person, codes in walks.items():
        for number, code in enumerate(sorted(codes, reverse=turned), 1):
            write_sequence(tmp_path / "raw" / person / f"{number:02d}" / code, codes[code], f"{code}.pkl")
    import_opengait(tmp_path / "raw", tmp_path / "store", layout=find_layout("grew"))
    store = SequenceStore(tmp_path / "store")
    with torch.no_grad():
        found = judge_conditions(Pixels(), store, load_protocol("grew-local"))["all"]
    assert found.figures["rank1"] == pytest.approx(1 / 3)
    assert found.split_hash == "3db6b99ca2174fcc7cc7df6eecacd32a"
