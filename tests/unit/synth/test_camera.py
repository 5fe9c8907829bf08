import numpy as np
import pytest
from walker_cases import scene

from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.camera import Camera, see
from mimicgait.synth.figure import Solid
from mimicgait.synth.skeleton import Part, Pose, pose


def at(point, axes=(0.1, 0.1, 0.1)):
    """One bead at a place of the world, as a solid with its pose."""
    origin = np.zeros((1, len(Part), 3))
    turned = np.broadcast_to(np.eye(3), (1, len(Part), 3, 3))
    solid = Solid(
        np.array([0]), np.array([point], float), np.array([axes], float), np.array([[0] * 4]), np.array([0])
    )
    return Pose(origin, turned), solid


def project(camera, point):
    """The slow twin: a pinhole, one point, nothing but trigonometry."""
    a, e = np.radians(camera.azimuth), np.radians(camera.elevation)
    towards = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
    eye = np.array([0, 0, camera.stature / 2]) + camera.distance * towards
    right = np.array([-np.sin(a), np.cos(a), 0])
    up = np.cross(towards, right)
    ray = np.array(point) - eye
    depth = ray @ -towards
    x, y = camera.focal * (ray @ right) / depth, -camera.focal * (ray @ up) / depth
    r = np.radians(camera.roll)
    return np.array([np.cos(r) * x + np.sin(r) * y, -np.sin(r) * x + np.cos(r) * y])


@pytest.mark.parametrize("azimuth", [0, 37, 90, 180, 300])
@pytest.mark.parametrize(("elevation", "roll"), [(0, 0), (20, 3), (35, -4)])
def test_points_land_where_a_pinhole_puts_them(azimuth, elevation, roll):
    camera = Camera(azimuth, elevation, 5.0, 150.0, 1.7, roll)
    for point in ((0, 0, 0.85), (0.3, -0.4, 1.6), (-0.5, 0.2, 0.0)):
        seen = see(camera, *at(point))
        np.testing.assert_allclose(seen.centre[0, 0], project(camera, point), atol=1e-9)


def test_front_and_side_show_the_right_things():
    # From the front (0) the left hand is on the right of the image; from the left side (90) they walk left.
    left, ahead = (0, 0.5, 0.85), (0.5, 0, 0.85)
    front, side = Camera(0, 0, 6, 100, 1.7), Camera(90, 0, 6, 100, 1.7)
    assert see(front, *at(left)).centre[0, 0, 0] > 20
    assert see(side, *at(ahead)).centre[0, 0, 0] < -20
    assert see(Camera(180, 0, 6, 100, 1.7), *at(left)).centre[0, 0, 0] < -20


def test_a_person_has_the_height_that_was_asked_for():
    camera = Camera(90, 0, 8.0, 120.0, 1.8)
    foot, crown = (see(camera, *at((0, 0, z))).centre[0, 0, 1] for z in (0.0, 1.8))
    assert foot - crown == pytest.approx(120.0)


@pytest.mark.parametrize("elevation", [0, 35])
def test_an_ellipsoids_outline_equals_that_of_its_surface(elevation):
    camera = Camera(30, elevation, 4.0, 180.0, 1.7)
    centre, axes = np.array([0.3, 0.2, 1.3]), np.array([0.13, 0.2, 0.09])
    seen = see(camera, *at(centre, axes))
    u, v = np.meshgrid(np.linspace(0, np.pi, 30), np.linspace(0, 2 * np.pi, 60))
    ball = np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u)], -1).reshape(-1, 3)
    points = np.array([project(camera, centre + axes * p) for p in ball])
    for angle in np.linspace(0, np.pi, 9):
        direction = np.array([np.cos(angle), np.sin(angle)])
        half = np.sqrt(direction @ seen.covariance[0, 0] @ direction)
        width = np.ptp(points @ direction)
        assert 2 * half == pytest.approx(width, abs=0.5), f"at {angle}: {2 * half} and {width} pixels"


def test_a_shadow_lies_on_the_ground():
    case = scene()
    solid = build_figure(case.body).solid()
    flat = np.array([[1, 0, 0.5], [0, 1, 0], [0, 0, 0.0]])
    built = pose(case.body, case.gait, case.phase, case.seconds)
    level = Camera(90, 0, 8.0, 128.0, case.body.stature)
    cast = see(level, built, solid, flat)
    # Seen from the side at half the person's height, every point of the ground is below the middle.
    assert (cast.centre[..., 1] > 40).all()
