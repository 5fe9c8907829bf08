import cv2
import numpy as np
import pytest

from mimicgait.synth.camera import Seen
from mimicgait.synth.render import CORNERS, draw, follow, outlines


def ellipses(t=3, b=6, seed=0):
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(t, b, 2, 2)) * 6 + 6 * np.eye(2)
    return Seen(rng.uniform(0, 100, (t, b, 2)), half @ np.swapaxes(half, -1, -2))


def by_loops(seen, hulls):
    """The slow twin: for every corner's direction, the farthest point of every ellipse of the hull."""
    t = len(seen.centre)
    points = np.zeros((2, t, len(hulls), CORNERS))
    for i in range(t):
        for s, hull in enumerate(hulls):
            for k in range(CORNERS):
                angle = 2 * np.pi * k / CORNERS
                u = np.array([np.cos(angle), np.sin(angle)])
                far = [
                    seen.centre[i, b] + seen.covariance[i, b] @ u / np.sqrt(u @ seen.covariance[i, b] @ u)
                    for b in hull
                ]
                points[:, i, s, k] = max(far, key=lambda p, u=u: p @ u)
    return points


HULLS = np.array([[0, 1, 0, 0], [2, 3, 4, 2], [5, 0, 1, 2], [3, 3, 3, 3]])


def test_outlines_equal_the_slow_twin():
    seen = ellipses()
    np.testing.assert_allclose(outlines(seen, HULLS), by_loops(seen, HULLS), atol=1e-3)


def test_outlines_are_convex_and_hold_their_ellipses():
    seen = ellipses(seed=4)
    polygons = outlines(seen, HULLS)
    for i in range(polygons.shape[1]):
        for s, hull in enumerate(HULLS):
            polygon = polygons[:, i, s].T.copy()
            edges = np.roll(polygon, -1, 0) - polygon
            turns = edges[:, 0] * np.roll(edges[:, 1], -1) - edges[:, 1] * np.roll(edges[:, 0], -1)
            assert turns.min() > -1e-2
            for bead in hull:
                centre = tuple(float(v) for v in seen.centre[i, bead])
                assert cv2.pointPolygonTest(polygon, centre, True) >= -0.02 * np.ptp(polygon, axis=0).max()


def test_a_ball_is_drawn_with_the_area_of_a_disc():
    seen = Seen(np.array([[[30.3, 40.7]]]), np.array([[np.eye(2) * 20.0**2]]))
    polygons = outlines(seen, np.array([[0] * 4]))
    masks = draw(polygons, follow(polygons))
    # A regular polygon of 18 corners has 98 % of its circle's area; the rim adds about half a pixel.
    assert masks.sum() == pytest.approx(np.pi * 20**2, rel=0.05)
    assert set(np.unique(masks)) == {0, 1}


def test_the_box_follows_the_person():
    centre = np.array([[[10.0, 10.0]], [[500.0, 90.0]]])
    covariance = np.array([[np.eye(2) * 8.0**2], [np.eye(2) * 16.0**2]])
    polygons = outlines(Seen(centre, covariance), np.array([[0] * 4]))
    canvas = follow(polygons, margin=5)
    assert canvas.width == pytest.approx(2 * 16 + 10, abs=2)
    for mask in draw(polygons, canvas):
        y, x = np.nonzero(mask)
        assert x.mean() == pytest.approx(canvas.width / 2 - 0.5, abs=0.7)
        assert y.mean() == pytest.approx(canvas.height / 2 - 0.5, abs=0.7)


def test_hidden_hulls_are_left_out():
    seen = ellipses(t=2)
    polygons = outlines(seen, HULLS)
    shown = np.ones((2, len(HULLS)), bool)
    shown[1] = False
    masks = draw(polygons, follow(polygons), shown)
    assert masks[0].any()
    assert not masks[1].any()
