"""One sequence: a person, how they walk and what they wear, in front of a camera; filmed as masks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.body import Body
from mimicgait.synth.camera import Camera, see
from mimicgait.synth.clothing import Outfit, dress
from mimicgait.synth.faults import Faults, flatten_to_ground, spoil
from mimicgait.synth.figure import Limb
from mimicgait.synth.gait import Gait
from mimicgait.synth.render import draw, follow, outlines
from mimicgait.synth.skeleton import pose
from mimicgait.types import Frames


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that one sequence shows.

    phase, seconds: `[t]`, where in the stride each frame is, and when it is taken (0 at the camera's aim).
    faults: none for perfect masks.
    """

    body: Body
    gait: Gait
    outfit: Outfit
    camera: Camera
    phase: npt.NDArray[np.float64]
    seconds: npt.NDArray[np.float64]
    faults: Faults | None = None


def film(scene: Scene) -> Frames:
    """Render a scene at video resolution: masks `[t, h, w]` of 0 and 1, without the frames that are dropped.

    The box follows the person, so that they stay in the middle while they walk past the camera.
    """
    solid = dress(build_figure(scene.body), scene.body, scene.outfit).solid()
    posed = pose(scene.body, scene.gait, scene.phase, scene.seconds)
    polygons, limbs = outlines(see(scene.camera, posed, solid), solid.hulls), solid.limb
    faults = scene.faults
    if faults is None:
        return draw(polygons, follow(polygons))
    if faults.shadow is not None:
        low = np.isin(limbs, (Limb.FOOT_L, Limb.FOOT_R, Limb.LEG_L, Limb.LEG_R))
        cast = see(scene.camera, posed, solid, flatten_to_ground(faults.shadow))
        polygons = np.concatenate([polygons, outlines(cast, solid.hulls[low])], axis=2)
        limbs = np.concatenate([limbs, np.full(low.sum(), Limb.CARRIED)])
    return spoil(draw(polygons, follow(polygons), faults.shown(limbs)), faults)
