"""A perspective camera, and how it sees beads: each ellipsoid becomes an ellipse of the image."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimicgait.synth.figure import Solid
from mimicgait.synth.skeleton import Pose

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera stands and what it shows.

    azimuth: degrees around the walker; 0 sees the front, 90 the left side, 180 the back. elevation: degrees
    above the horizon. distance: metres to the middle of the walk. height: pixels of a person of `stature`
    metres there. roll: degrees.
    """

    azimuth: float
    elevation: float
    distance: float
    height: float
    stature: float
    roll: float = 0.0

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.height * self.distance / self.stature

    def axes(self) -> Array:
        """Rows: image right, image down and view direction, as unit vectors `[3, 3]` of the world."""
        a, e, r = np.radians((self.azimuth, self.elevation, self.roll))
        forward = -np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        right = np.array([-np.sin(a), np.cos(a), 0.0])
        down = np.cross(forward, right)
        return np.stack([np.cos(r) * right + np.sin(r) * down, np.cos(r) * down - np.sin(r) * right, forward])


@dataclass(frozen=True, slots=True)
class Seen:
    """Beads in the image: centre `[t, b, 2]` in pixels (x right, y down) and covariance `[t, b, 2, 2]`.

    An ellipse is all `centre + x` with `x' covariance^-1 x <= 1`.
    """

    centre: Array
    covariance: Array


def see(camera: Camera, pose: Pose, solid: Solid, flatten: Array | None = None) -> Seen:
    """Project a posed figure; `flatten [3, 3]` is applied to the world first (a shadow on the ground).

    The outline of an ellipsoid is taken to first order around its centre, which is off by less than a
    thousandth of the person's height from three metres on.
    """
    turn = pose.rotation[:, solid.part]
    centre = pose.origin[:, solid.part] + (turn @ solid.offset[None, :, :, None])[..., 0]
    spread = turn * solid.axes[None, :, None, :]
    if flatten is not None:
        centre, spread = centre @ flatten.T, flatten @ spread
    axes = camera.axes()
    eye = np.array([0.0, 0.0, 0.5 * camera.stature]) - camera.distance * axes[2]
    local = (centre - eye) @ axes.T
    depth = local[..., 2:]
    image = local[..., :2] / depth
    jacobian = (axes[None, None, :2] - image[..., None] * axes[2]) * (camera.focal / depth)[..., None]
    half = jacobian @ spread
    return Seen(image * camera.focal, half @ np.swapaxes(half, -1, -2))
