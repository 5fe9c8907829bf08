"""From joint angles to the place and attitude of every body part, for a whole sequence at once.

Axes: x is the direction of walking, y the person's left, z up; metres. Arrays of one sequence start with t.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from mimicgait.synth.body import Body
from mimicgait.synth.gait import Gait

Array = npt.NDArray[np.float64]
LEFT_RIGHT = np.array([1.0, -1.0])
"""Which way a side lies along y."""

HEEL, BALL = -0.25, 0.48
"""Where heel and ball of the foot are in front of the ankle, as shares of the foot's length."""


class Part(IntEnum):
    """Body parts that move as one piece; left comes right before right."""

    PELVIS = 0
    ABDOMEN = 1
    TRUNK = 2
    NECK = 3
    HEAD = 4
    THIGH_L = 5
    THIGH_R = 6
    SHANK_L = 7
    SHANK_R = 8
    FOOT_L = 9
    FOOT_R = 10
    TOES_L = 11
    TOES_R = 12
    UPPER_ARM_L = 13
    UPPER_ARM_R = 14
    FOREARM_L = 15
    FOREARM_R = 16
    HAND_L = 17
    HAND_R = 18
    HANGING_L = 19
    HANGING_R = 20


@dataclass(frozen=True, slots=True)
class Pose:
    """Where each `Part` is: origin `[t, part, 3]` and rotation `[t, part, 3, 3]` (columns: its axes)."""

    origin: Array
    rotation: Array


def pose(body: Body, gait: Gait, phase: Array, seconds: Array) -> Pose:
    """Pose a body at the stride phases `[t]` and times `[t]`; the lowest sole is on the ground, z = 0.

    The person walks along x at the speed that their own steps give, and is at x = 0 at time 0.
    """
    angles = gait.angles(phase)
    t = len(phase)
    built = Pose(np.zeros((t, len(Part), 3)), np.zeros((t, len(Part), 3, 3)))
    _spine(built, body, gait, angles)
    _legs(built, body, gait, angles, phase)
    _arms(built, body, gait, angles)
    built.origin[..., 2] -= soles(built, body)[..., 2].min(-1)[:, None]
    built.origin[..., 0] += (walking_speed(body, gait) * seconds)[:, None]
    return built


def lead(built: Pose, heading: Array, travelled: Array) -> Pose:
    """Bend the way of a pose: `heading [t]` in radians to the left of x, `travelled [t]` in metres."""
    turn = rotation("z", heading)
    ahead = np.stack([np.cos(heading), np.sin(heading), np.zeros_like(heading)], axis=1)
    steps = np.diff(travelled)[:, None] * (ahead[1:] + ahead[:-1]) / 2
    way = np.concatenate([np.zeros((1, 3)), np.cumsum(steps, 0)])
    way -= np.stack([np.interp(0.0, travelled, axis) for axis in way.T])
    local = built.origin - np.stack([travelled, 0 * travelled, 0 * travelled], axis=1)[:, None]
    origin = (turn[:, None] @ local[..., None])[..., 0] + way[:, None]
    return Pose(origin, turn[:, None] @ built.rotation)


def walking_speed(body: Body, gait: Gait) -> float:
    """Speed in metres per second: the steps are as long as the feet's prints are apart at heel contact.

    The foot behind has rolled onto its ball by then, so its print is where it stood before the heel rose.
    """
    at = gait.angles(np.array([0.0, 0.5]))
    foot, ankle = body.lengths["foot"], body.lengths["ankle_height"]
    steps = 0.0
    for lead, trail, moment in (("l", "r", 0), ("r", "l", 1)):
        for side, sign, print_at in ((lead, 1.0, HEEL), (trail, -1.0, BALL)):
            thigh = at[f"thigh_{side}"][moment]
            shank = thigh - at[f"knee_{side}"][moment]
            pitch = shank + at[f"ankle_{side}"][moment]
            below = body.lengths["thigh"] * np.sin(thigh) + body.lengths["shank"] * np.sin(shank)
            rolled = print_at * foot * (np.cos(pitch) - 1) + ankle * np.sin(pitch)
            steps += sign * (below + rolled)
    return float(max(steps, 0.2) * gait.cadence / 120)


def soles(built: Pose, body: Body) -> Array:
    """Points `[t, 6, 3]` under heel, ball and toe tip of both feet."""
    a, foot = body.lengths["ankle_height"], body.lengths["foot"]
    heel, ball = np.array([HEEL * foot, 0, -a]), np.array([BALL * foot, 0, -a])
    points = []
    for side in (0, 1):
        for part, local in (
            (Part.FOOT_L, heel),
            (Part.FOOT_L, ball),
            (Part.TOES_L, np.array([0.22 * foot, 0, -0.02])),
        ):
            points.append(built.origin[:, part + side] + built.rotation[:, part + side] @ local)
    return np.stack(points, axis=1)


def rotation(axis: str, angle: Array) -> Array:
    """Rotate by `angle [...]` radians: `[..., 3, 3]`. `flex` swings forward what hangs down."""
    i, j = {"x": (1, 2), "flex": (0, 2), "z": (0, 1)}[axis]
    c, s = np.cos(angle), np.sin(angle)
    out = np.zeros((*np.shape(angle), 3, 3))
    k = 3 - i - j
    out[..., k, k] = 1
    out[..., i, i] = out[..., j, j] = c
    out[..., i, j], out[..., j, i] = -s, s
    return out


def _spine(built: Pose, body: Body, gait: Gait, a: dict[str, Array]) -> None:
    """Pelvis, abdomen, trunk, neck and head; the pelvis' origin lies between the hip joints."""
    pelvis = rotation("z", -a["rotation"]) @ rotation("x", a["list"]) @ rotation("flex", -a["tilt"] * 0.5)
    trunk = rotation("z", -a["twist"]) @ rotation("x", -a["roll"]) @ rotation("flex", -a["lean"])
    head = rotation("z", -0.2 * a["twist"]) @ rotation("x", -0.3 * a["roll"])
    middle = rotation("z", -(a["rotation"] + a["twist"]) / 2) @ rotation("x", (a["list"] - a["roll"]) / 2)
    middle = middle @ rotation("flex", -a["lean"] * 0.7)
    up = body.lengths
    origin = np.zeros((len(trunk), 3))
    origin[:, 1] = a["sway"]
    chain = (
        (Part.PELVIS, pelvis, up["pelvis"]),
        (Part.ABDOMEN, middle, up["abdomen"]),
        (Part.TRUNK, trunk, up["trunk"]),
        (Part.NECK, trunk @ rotation("flex", -a["nod"] - 0.25), up["neck"]),
        (Part.HEAD, head @ rotation("flex", -a["nod"]), 0.0),
    )
    for part, turn, length in chain:
        built.origin[:, part], built.rotation[:, part] = origin, turn
        origin = origin + length * turn[:, :, 2]
        if part is Part.ABDOMEN:
            origin = origin + a["bounce"][:, None] * np.array([0, 0, 1.0])


def _legs(built: Pose, body: Body, gait: Gait, a: dict[str, Array], phase: Array) -> None:
    """Both legs at once, arrays `[2, t]`; the feet follow two lines that are the step width apart."""
    side = LEFT_RIGHT[:, None]
    swung, knee, ankle = (np.stack([a[f"{n}_l"], a[f"{n}_r"]]) for n in ("thigh", "knee", "ankle"))
    own = (phase[None] + np.array([[0.0], [0.5]])) % 1.0
    swing = np.sin(np.pi * np.clip((own - 0.6) / 0.4, 0, 1)) ** 2
    joint = 0.5 * 0.52 * body.girths["hip_breadth"]
    leg = body.lengths["thigh"] + body.lengths["shank"]
    inward = (joint + side * a["sway"] - gait.step_width / 2) / leg - np.radians(gait.circumduction) * swing
    knock = np.radians(gait.knock)
    turn = rotation("z", side * np.radians(np.array(gait.toe_out))[:, None] * np.ones_like(phase))
    thigh = turn @ rotation("x", -side * (inward + knock)) @ rotation("flex", swung)
    shank = turn @ rotation("x", -side * (inward - knock)) @ rotation("flex", swung - knee)
    pitch = (swung - knee + ankle) * (1 - _flat(own))
    foot = turn @ rotation("flex", pitch)
    bend = np.clip(-0.7 * pitch, 0, 0.6)
    start = built.origin[:, Part.PELVIS] + side[:, :, None] * joint * built.rotation[:, Part.PELVIS, :, 1]
    ball = np.array([BALL * body.lengths["foot"], 0, 0.025 - body.lengths["ankle_height"]])
    knees = start - body.lengths["thigh"] * thigh[..., 2]
    ankles = knees - body.lengths["shank"] * shank[..., 2]
    for part, origin, turned in (
        (Part.THIGH_L, start, thigh),
        (Part.SHANK_L, knees, shank),
        (Part.FOOT_L, ankles, foot),
        (Part.TOES_L, ankles + foot @ ball, foot @ rotation("flex", bend)),
    ):
        built.origin[:, part : part + 2] = np.moveaxis(origin, 0, 1)
        built.rotation[:, part : part + 2] = np.moveaxis(turned, 0, 1)


def _flat(own: Array) -> Array:
    """How firmly the sole is on the ground, 0 to 1, by the side's own phase: flat from 10 to 36 %."""
    return np.clip((own - 0.02) / 0.08, 0, 1) * np.clip((0.46 - own) / 0.10, 0, 1)


def _arms(built: Pose, body: Body, gait: Gait, a: dict[str, Array]) -> None:
    """Both arms at once; what hangs from a hand keeps upright and swings a little with the arm."""
    side = LEFT_RIGHT[:, None]
    shoulder, elbow = (np.stack([a[f"{n}_l"], a[f"{n}_r"]]) for n in ("shoulder", "elbow"))
    still = np.ones_like(shoulder)
    out = side * np.radians(np.array(gait.abduction))[:, None] * still
    inward = -side * np.radians(np.array(gait.arm_turn))[:, None] * still
    upper = rotation("z", -a["twist"])[None] @ rotation("x", out) @ rotation("flex", shoulder)
    fore = upper @ rotation("z", inward) @ rotation("flex", elbow) @ rotation("x", -0.5 * out)
    trunk = built.rotation[:, Part.TRUNK]
    reach = 0.5 * body.girths["shoulder_breadth"] - 0.25 * body.girths["deltoid"]
    height = 0.66 * body.lengths["trunk"] + np.array(gait.shrug)[:, None, None]
    start = built.origin[:, Part.TRUNK] + side[:, :, None] * reach * trunk[:, :, 1] + height * trunk[:, :, 2]
    elbows = start - body.lengths["upper_arm"] * upper[..., 2]
    wrists = elbows - body.lengths["forearm"] * fore[..., 2]
    hanging = rotation("flex", 0.35 * shoulder)
    hand = fore @ rotation("flex", 0.15 * still)
    for part, origin, turned in (
        (Part.UPPER_ARM_L, start, upper),
        (Part.FOREARM_L, elbows, fore),
        (Part.HAND_L, wrists, hand),
        (Part.HANGING_L, wrists - 0.5 * body.lengths["hand"] * hand[..., 2], hanging),
    ):
        built.origin[:, part : part + 2] = np.moveaxis(origin, 0, 1)
        built.rotation[:, part : part + 2] = np.moveaxis(turned, 0, 1)
