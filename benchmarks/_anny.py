"""Bodies of Anny (Apache 2.0; Bregier et al., 2025) that walk as the walkers' figure does."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mimicgait.synth.body import Body
from mimicgait.synth.camera import Camera
from mimicgait.synth.render import follow
from mimicgait.synth.skeleton import BALL, Part, Pose
from mimicgait.types import Frames

Array = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]
DOWN, UP = np.array([0.0, 0.0, -1.0]), np.array([0.0, 0.0, 1.0])

BONES = {
    Part.PELVIS: ("root", "pelvis", "spine05"),
    Part.ABDOMEN: ("spine04", "spine03"),
    Part.TRUNK: ("spine02", "spine01", "clavicle", "shoulder01", "breast"),
    Part.NECK: ("neck",),
    Part.THIGH_L: ("upperleg",),
    Part.SHANK_L: ("lowerleg",),
    Part.FOOT_L: ("foot",),
    Part.TOES_L: ("toe",),
    Part.UPPER_ARM_L: ("upperarm",),
    Part.FOREARM_L: ("lowerarm",),
    Part.HAND_L: ("wrist", "finger", "metacarpal"),
}
"""Which of our parts a bone of Anny moves with, by how its name begins; all others with the head."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A body of Anny at rest, ready to be moved as our figure is.

    carried `[v, part * 4]`: a point (x ahead, y left, z up, 1) times the share that each part carries.
    edges `[e, 2]`: of points. joints `[part, 3]`, turns `[part, 3, 3]`: from the parts at rest to our
    attitudes. body: its lengths.
    """

    carried: Points
    edges: npt.NDArray[np.int64]
    joints: Array
    turns: Array
    body: Body


class Crowd:
    """People with bodies of Anny: as many shapes as asked, drawn by the authors' calibrated distribution."""

    def __init__(self, people: int, seed: int) -> None:
        import anny
        from anny.shape_distribution import SimpleShapeDistribution

        self.model = anny.Anny().to(dtype=torch.float32)
        torch.manual_seed(seed)
        grown = torch.distributions.Uniform(torch.tensor(18.0), torch.tensor(75.0))
        drawn = SimpleShapeDistribution(self.model, morphological_age_distribution=grown)
        self.shapes = drawn.sample(people)[1]
        parts = np.array([part_of(name) for name in self.model.bone_labels])
        bones = self.model.vertex_bone_indices.numpy()
        self.weights = np.zeros((len(bones), len(Part)))
        rows = np.arange(len(bones))[:, None]
        np.add.at(self.weights, (rows, parts[bones]), self.model.vertex_bone_weights.numpy())
        faces = self.model.get_triangular_faces().numpy()
        pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        self.edges = np.unique(np.sort(pairs, axis=1), axis=0)

    @torch.no_grad()
    def shape(self, person: int, like: Body) -> Shape:
        """Return a person's body; what only clothes and hair need is taken from `like`."""
        still = torch.eye(4)[None, None].repeat(1, self.model.bone_count, 1, 1)
        looks = {name: values[person : person + 1].float() for name, values in self.shapes.items()}
        rest = self.model(pose_parameters=still, phenotype_kwargs=looks)
        points, heads = (ours(rest[k][0].numpy()) for k in ("rest_vertices", "rest_bone_heads"))
        at = dict(zip(self.model.bone_labels, heads, strict=True))
        return built(points, self.weights, self.edges, at, like)


def ours(points: Any) -> Array:
    """Turn Anny's axes (x left, y back) to ours (x ahead, y left)."""
    return np.stack([-points[:, 1], points[:, 0], points[:, 2]], axis=1).astype(np.float64)


def part_of(bone: str) -> Part:
    """The part that a bone moves with."""
    for part, names in BONES.items():
        if bone.startswith(names):
            return Part(part + 1) if part >= Part.THIGH_L and bone.endswith(".R") else part
    return Part.HEAD


def built(points: Array, weights: Array, edges: Any, at: dict[str, Array], like: Body) -> Shape:
    """Find joints, attitudes and lengths of a body from its bones' heads `at`."""
    joints, turns = np.zeros((len(Part), 3)), np.tile(np.eye(3), (len(Part), 1, 1))
    hips = (at["upperleg01.L"] + at["upperleg01.R"]) / 2
    for part, z in ((Part.PELVIS, hips[2]), (Part.ABDOMEN, at["spine04"][2]), (Part.TRUNK, at["spine02"][2])):
        joints[part] = hips[0], 0.0, z
    joints[Part.NECK], joints[Part.HEAD] = at["neck01"], at["head"]
    turns[Part.NECK] = between(at["head"] - at["neck01"], UP)
    sole = points[:, 2].min()
    for side, n in enumerate("LR"):
        chain = [at[f"{name}.{n}"] for name in ("upperleg01", "lowerleg01", "foot")]
        arm = [at[f"{name}.{n}"] for name in ("upperarm01", "lowerarm01", "wrist", "finger3-1")]
        for part, here, there in (
            (Part.THIGH_L, chain[0], chain[1]),
            (Part.SHANK_L, chain[1], chain[2]),
            (Part.UPPER_ARM_L, arm[0], arm[1]),
            (Part.FOREARM_L, arm[1], arm[2]),
            (Part.HAND_L, arm[2], arm[3]),
        ):
            joints[part + side], turns[part + side] = here, between(there - here, DOWN)
        joints[Part.FOOT_L + side] = chain[2]
    in_feet = weights[:, [Part.FOOT_L, Part.TOES_L]].sum(1) > 0.5
    lengths = like.lengths | {
        "thigh": apart(at, "upperleg01.L", "lowerleg01.L"),
        "shank": apart(at, "lowerleg01.L", "foot.L"),
        "ankle_height": float(at["foot.L"][2] - sole),
        "foot": float(np.ptp(points[in_feet, 0])),
        "pelvis": float(at["spine04"][2] - hips[2]),
        "abdomen": float(at["spine02"][2] - at["spine04"][2]),
        "trunk": float(at["neck01"][2] - at["spine02"][2]),
        "neck": apart(at, "neck01", "head"),
        "upper_arm": apart(at, "upperarm01.L", "lowerarm01.L"),
        "forearm": apart(at, "lowerarm01.L", "wrist.L"),
    }
    ball = np.array([BALL * lengths["foot"], 0, 0.025 - lengths["ankle_height"]])
    for side in (0, 1):
        joints[Part.TOES_L + side] = joints[Part.FOOT_L + side] + ball
    girths = like.girths | {
        "hip_breadth": apart(at, "upperleg01.L", "upperleg01.R") / 0.52,
        "shoulder_breadth": apart(at, "upperarm01.L", "upperarm01.R") + 0.5 * like.girths["deltoid"],
    }
    body = replace(like, stature=float(np.ptp(points[:, 2])), lengths=lengths, girths=girths)
    whole = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    carried = (weights[:, :, None] * whole[:, None]).reshape(len(points), -1).astype(np.float32)
    return Shape(carried, edges, joints, turns, body)


def apart(at: dict[str, Array], one: str, other: str) -> float:
    """Metres between the heads of two bones."""
    return float(np.linalg.norm(at[one] - at[other]))


def between(one: Array, other: Array) -> Array:
    """The smallest rotation `[3, 3]` from a direction to another."""
    a, b = one / np.linalg.norm(one), other / np.linalg.norm(other)
    x, y, z = np.cross(a, b)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + a @ b)


def moved(shape: Shape, posed: Pose) -> Points:
    """The body's points at every moment `[t, v, 3]`, by linear blend skinning."""
    turn = posed.rotation @ shape.turns
    shift = posed.origin - (turn @ shape.joints[:, :, None])[..., 0]
    maps = np.concatenate([turn, shift[..., None]], axis=-1)
    flat = maps.transpose(0, 1, 3, 2).reshape(len(maps), -1, 3).astype(np.float32)
    return shape.carried @ flat


def masks_of(points: Points, edges: npt.NDArray[np.int64], camera: Camera) -> Frames:
    """Draw a surface: its corners and the middles of its edges, grown together; in a box as `film` has it."""
    axes = camera.axes()
    eye = np.array([0.0, 0.0, 0.5 * camera.stature]) - camera.distance * axes[2]
    x, y, depth = ((points - eye.astype(np.float32)) @ axes.T.astype(np.float32)).transpose(2, 0, 1)
    image = np.stack([x, y]) * np.float32(camera.focal) / depth
    canvas = follow(image[:, :, None])
    image -= canvas.corner[:, :, None]
    middles = (image[..., edges[:, 0]] + image[..., edges[:, 1]]) / 2
    columns, rows = np.concatenate([image, middles], axis=2).astype(np.int32)
    masks = np.zeros((len(points), canvas.height, canvas.width), np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    for mask, row, column in zip(masks, rows, columns, strict=True):
        mask[row, column] = 1
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, dst=mask)
    return masks
