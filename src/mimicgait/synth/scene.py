"""One sequence: a person, how they walk and what they wear, in front of a camera; filmed as masks."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.body import Body
from mimicgait.synth.camera import Camera, see
from mimicgait.synth.clothing import Outfit, dress
from mimicgait.synth.faults import Faults, flatten_to_ground, spoil
from mimicgait.synth.figure import Limb, Solid
from mimicgait.synth.gait import Gait
from mimicgait.synth.render import Points, draw, follow, outlines
from mimicgait.synth.sensor import Sensor
from mimicgait.synth.skeleton import Pose, lead, pose, walking_speed
from mimicgait.synth.subtraction import Subtraction
from mimicgait.synth.wardrobe import Extras, wear
from mimicgait.types import Frames

Array = npt.NDArray[np.float64]
Limbs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that one sequence shows.

    phase, seconds: `[t]`, where in the stride each frame is, and when it is taken (0 at the camera's aim).
    faults: none for perfect masks. extras: rarer clothes and loads. heading `[t]`: where the person walks
    to, in radians to the left of x; none for straight on. sensor, subtraction: none for a person drawn at
    the camera's own height, who is told from the background everywhere.
    """

    body: Body
    gait: Gait
    outfit: Outfit
    camera: Camera
    phase: Array
    seconds: Array
    faults: Faults | None = None
    extras: Extras | None = None
    heading: Array | None = None
    sensor: Sensor | None = None
    subtraction: Subtraction | None = None


def film(scene: Scene) -> Frames:
    """Render a scene at video resolution: masks `[t, h, w]` of 0 and 1, without the frames that are dropped.

    The box follows the person, so that they stay in the middle while they walk past the camera.
    """
    if scene.sensor is None and scene.subtraction is None:
        polygons, limbs = _drawn(scene)
        masks = draw(polygons, follow(polygons), scene.faults.shown(limbs) if scene.faults else None)
    else:
        masks = _recorded(scene, scene.sensor or Sensor())
    return masks if scene.faults is None else spoil(masks, scene.faults)


def _recorded(scene: Scene, sensor: Sensor) -> Frames:
    """What is left of a scene after the camera's sensor and the background subtraction: `[t, h, w]`."""
    fine = replace(scene.camera, height=scene.camera.height * sensor.finer)
    polygons, limbs = _drawn(replace(scene, camera=fine), sensor)
    moments, subtraction = len(sensor.moments), scene.subtraction
    canvas = follow(polygons)
    middle = canvas.corner[:, moments // 2 :: moments]
    canvas = replace(canvas, corner=np.repeat(middle, moments, axis=1))
    shown = scene.faults.shown(limbs) if scene.faults else None
    if shown is not None:
        shown = np.repeat(shown, moments, axis=0)
    greys = np.full(len(limbs), 255, np.uint8) if subtraction is None else subtraction.greys(limbs)
    grey = sensor.expose(draw(polygons, canvas, shown, greys))
    if subtraction is None:
        return (grey > 255 * sensor.cut).view(np.uint8)
    return subtraction.masks(grey, middle / np.float32(sensor.finer))


def _drawn(scene: Scene, sensor: Sensor | None = None) -> tuple[Points, Limbs]:
    """The polygons of a scene at every moment of its exposures, shadows included, and their limbs `[s]`."""
    figure = dress(build_figure(scene.body), scene.body, scene.outfit)
    if scene.extras is not None:
        wear(figure, scene.body, scene.extras)
    solid = figure.solid()
    posed = _posed(scene, sensor or Sensor())
    polygons, limbs = outlines(see(scene.camera, posed, solid), solid.hulls), solid.limb
    if scene.faults is not None and scene.faults.shadow is not None:
        low = np.isin(limbs, (Limb.FOOT_L, Limb.FOOT_R, Limb.LEG_L, Limb.LEG_R))
        ground = flatten_to_ground(scene.faults.shadow)
        polygons = np.concatenate([polygons, _cast(scene, posed, solid, ground)[:, :, low]], axis=2)
        limbs = np.concatenate([limbs, np.full(low.sum(), Limb.CARRIED)])
    if scene.subtraction is not None and scene.subtraction.shadow is not None:
        thrown = _cast(scene, posed, solid, scene.subtraction.shadow)
        polygons = np.concatenate([thrown, polygons], axis=2)
        limbs = np.concatenate([np.full(thrown.shape[2], Limb.SHADOW), limbs])
    return polygons, limbs


def _posed(scene: Scene, sensor: Sensor) -> Pose:
    phase, seconds = sensor.during(scene.phase), sensor.during(scene.seconds)
    posed = pose(scene.body, scene.gait, phase, seconds)
    if scene.heading is None:
        return posed
    travelled = walking_speed(scene.body, scene.gait) * seconds
    return lead(posed, sensor.during(scene.heading), travelled)


def _cast(scene: Scene, posed: Pose, solid: Solid, ground: Array) -> Points:
    """The polygons `[2, t, s, corner]` of a figure that is thrown on the ground by a matrix."""
    return outlines(see(scene.camera, posed, solid, ground), solid.hulls)
