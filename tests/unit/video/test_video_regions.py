import numpy as np
import pytest

from mimicgait.errors import ShapeError
from mimicgait.video import Box, Region
from mimicgait.video.regions import cut_edges, tight


def painted(box: Box) -> np.ndarray:
    picture = np.zeros((40, 40), bool)
    picture[int(box.y) : int(box.bottom), int(box.x) : int(box.x + box.width)] = True
    return picture


def test_overlaps_are_those_of_painted_pixels():
    rng = np.random.default_rng(0)
    for _ in range(200):
        x, y, w, h, u, v, p, q = rng.integers(1, 20, 8).tolist()
        a, b = Box(x, y, w, h), Box(u, v, p, q)
        both, either = (painted(a) & painted(b)).sum(), (painted(a) | painted(b)).sum()
        assert a.overlap(b) == b.overlap(a) == both
        assert a.iou(b) == pytest.approx(both / either)


def test_boxes_without_area_do_not_overlap():
    assert Box(0, 0, 0, 0).iou(Box(0, 0, 0, 0)) == 0
    assert Box(3, 4, 10, 20).moved(2, -1) == Box(5, 3, 10, 20)
    assert Box(3, 4, 10, 20).centre == (8, 14)


@pytest.mark.parametrize(
    ("bounds", "edges"),
    [
        ((5, 5, 20, 15), ()),
        ((0, 5, 20, 15), ("left",)),
        ((1, 5, 20, 15), ("left",)),
        ((5, 0, 20, 15), ("top",)),
        ((5, 5, 30, 15), ("right",)),
        ((0, 0, 30, 20), ("left", "right", "top", "bottom")),
    ],
)
def test_touched_edges_are_named(bounds, edges):
    assert cut_edges(*bounds, (20, 30)) == edges


def test_tight_bounds_hold_everything():
    mask = np.zeros((10, 12), np.uint8)
    assert tight(mask) is None
    mask[3, 4] = mask[7, 9] = 1
    assert tight(mask) == (4, 3, 10, 8)


def test_a_region_checks_its_mask():
    with pytest.raises(ShapeError, match="float64"):
        Region(Box(0, 0, 1, 1), np.zeros((2, 2)))
    with pytest.raises(ShapeError, match="uint8"):
        Region(Box(0, 0, 1, 1), np.zeros((0, 2), np.uint8))
