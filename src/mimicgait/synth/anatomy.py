"""The figure of one person in everyday clothes: which beads sit where, from lengths and girths.

Lengths and girths have sources (docs/walkers.md); where a bead sits between two of them, and how far muscles
bulge, was chosen by eye so that outlines look like a person's from every side.
"""

from mimicgait.synth.body import Body
from mimicgait.synth.figure import Figure, Limb
from mimicgait.synth.skeleton import LEFT_RIGHT, Part


def build_figure(body: Body) -> Figure:
    """Build a person in everyday clothes, barefoot, without a coat or a bag."""
    figure = Figure()
    _torso(figure, body)
    _head(figure, body)
    for side in (0, 1):
        _shoulder(figure, body, side)
        _leg(figure, body, side)
        _foot(figure, body, side)
        _arm(figure, body, side)
    figure.hull(Limb.TORSO, "nape", "acromion_l", "acromion_r", "collar")
    _clothes(figure, body)
    return figure


def add_hem(figure: Figure, name: str, body: Body, share: float, flare: float) -> None:
    """Hang a skirt or a coat over both thighs down to `share` of them, wider by `flare` metres."""
    drop = min(share, 1.0) * body.lengths["thigh"] + max(0.0, share - 1.0) * body.lengths["shank"]
    radius = 0.95 * (body.girths["thigh"] + flare)
    for side, n in enumerate("lr"):
        y = float(LEFT_RIGHT[side])
        figure.bead(f"{name}_{n}", Part.THIGH_L + side, (0, 0.2 * y * flare, -drop), (radius, radius, 0.015))
    figure.hull(Limb.TORSO, "hips", f"{name}_l", f"{name}_r")


def _torso(f: Figure, body: Body) -> None:
    g, style = body.girths, body.style
    abdomen, trunk = body.lengths["abdomen"], body.lengths["trunk"]
    hip, waist, rib = g["hip_breadth"] / 2, g["waist_breadth"] / 2, g["chest_breadth"] / 2
    seat, deep, chest = g["buttock_depth"] / 2, g["waist_depth"] / 2, g["chest_depth"] / 2
    above = 0.6 * body.lengths["pelvis"]
    f.bead("hips", Part.PELVIS, (-0.005, 0, 0.01), (0.88 * seat, hip, 0.09))
    f.bead("iliac", Part.PELVIS, (0.005, 0, above), (0.96 * deep, 0.5 * (hip + waist), 0.05))
    f.bead("waist", Part.ABDOMEN, (0.008, 0, 0.15 * abdomen), (deep, waist, 0.05))
    f.bead("belly", Part.ABDOMEN, (0.01 + style["belly"], 0, -0.02), (deep, 0.8 * waist, 0.07))
    f.bead("ribs", Part.TRUNK, (0.0, 0, 0.10 * trunk), (0.97 * chest, 0.98 * rib, 0.06))
    f.bead("chest", Part.TRUNK, (0.002, 0, 0.48 * trunk), (chest, 1.02 * rib, 0.07))
    bust = 0.2 * chest + 0.8 * style["bust"]
    f.bead("breast", Part.TRUNK, (bust, 0, 0.36 * trunk), (0.8 * chest, 0.72 * rib, 0.055))
    f.bead("collar", Part.TRUNK, (-0.012, 0, 0.56 * trunk), (0.7 * chest, 0.36 * g["shoulder_breadth"], 0.05))
    f.bead("nape", Part.TRUNK, (-0.018, 0, 0.96 * trunk), (1.08 * g["neck"], 1.15 * g["neck"], 0.02))
    f.chain(Limb.TORSO, "hips", "iliac", "waist", "ribs", "chest", "collar")
    f.hull(Limb.TORSO, "iliac", "belly", "ribs")
    f.hull(Limb.TORSO, "ribs", "breast", "collar")


def _head(f: Figure, body: Body) -> None:
    g, tall, style = body.girths, body.lengths["head"], body.style
    deep, wide = g["head_depth"] / 2, g["head_breadth"] / 2
    f.bead("neck", Part.HEAD, (-0.014, 0, 0.01), (1.02 * g["neck"], 0.97 * g["neck"], 0.03))
    f.bead("skull", Part.HEAD, (0.008, 0, 0.54 * tall), (deep, wide, 0.44 * tall))
    f.bead("jaw", Part.HEAD, (0.45 * deep, 0, 0.16 * tall), (0.48 * deep, 0.66 * wide, 0.17 * tall))
    full = 0.026 * style["hair"]
    f.bead("hair", Part.HEAD, (-0.012, 0, 0.60 * tall), (deep + 0.6 * full, wide + full, 0.42 * tall + full))
    f.chain(Limb.HEAD, "nape", "neck", "hair")
    f.hull(Limb.HEAD, "skull", "jaw")
    if style["hair_length"]:
        end = 0.04 - 0.6 * style["hair_length"]
        f.bead("hair_end", Part.NECK, (-0.45 * deep, 0, end), (0.05, 0.95 * wide, 0.03))
        f.hull(Limb.HEAD, "hair", "hair_end")
    if style["hat"]:
        brim, crown = style["hat"], 0.82 * tall
        f.bead("brim", Part.HEAD, (0.4 * brim, 0, 0.66 * tall), (deep + 0.6 * brim, wide + 0.3 * brim, 0.012))
        f.bead("crown", Part.HEAD, (-0.005, 0, crown), (deep + 0.008, wide + 0.008, 0.25 * tall))
        f.hull(Limb.HEAD, "brim")
        f.hull(Limb.HEAD, "crown", "hair")
    if style["ponytail"]:
        f.bead("knot", Part.HEAD, (-1.05 * deep, 0, 0.62 * tall), 0.035)
        f.bead("tail", Part.NECK, (-1.25 * deep, 0, 0.08 - 0.7 * style["ponytail"]), 0.025)
        f.hull(Limb.HEAD, "knot", "tail")


def _shoulder(f: Figure, body: Body, side: int) -> None:
    """The top of a shoulder and half of the seat, which belong to the torso."""
    g, y, n = body.girths, float(LEFT_RIGHT[side]), "lr"[side]
    seat, hip = g["buttock_depth"] / 2, g["hip_breadth"] / 2
    f.bead(f"seat_{n}", Part.PELVIS, (-0.42 * seat, 0.46 * y * hip, -0.03), (0.6 * seat, 0.5 * hip, 0.085))
    top = (-0.01, 0.41 * y * g["shoulder_breadth"], 0.58 * body.lengths["trunk"])
    f.bead(f"acromion_{n}", Part.TRUNK, top, 0.8 * g["deltoid"])
    f.hull(Limb.TORSO, "iliac", f"seat_{n}")


def _leg(f: Figure, body: Body, side: int) -> None:
    g, n, loose = body.girths, "lr"[side], body.style["trousers"]
    upper, lower, leg = Part.THIGH_L + side, Part.SHANK_L + side, Limb.LEG_L + side
    thigh, shank = body.lengths["thigh"], body.lengths["shank"]
    f.bead(f"root_{n}", upper, (-0.005, 0, 0), (1.02 * g["thigh"], 0.95 * g["thigh"], 0.06))
    f.bead(f"upper_{n}", upper, (0, 0, -0.22 * thigh), (1.02 * g["thigh"], 0.93 * g["thigh"], 0.06))
    f.bead(f"middle_{n}", upper, (0.006, 0, -0.55 * thigh), 0.85 * g["thigh"] + 0.3 * loose)
    f.bead(f"knee_{n}", lower, (0.004, 0, 0), g["knee"] + 0.6 * loose)
    f.bead(f"calf_{n}", lower, (-0.018, 0, -0.28 * shank), g["calf"] + 0.8 * loose)
    f.bead(f"ankle_{n}", lower, (-0.004, 0, -0.93 * shank), g["ankle"] + loose)
    f.hull(leg, f"seat_{n}", f"upper_{n}")
    f.chain(leg, *(f"{name}_{n}" for name in ("root", "upper", "middle", "knee", "calf", "ankle")))


def _foot(f: Figure, body: Body, side: int) -> None:
    n, foot, half = "lr"[side], body.lengths["foot"], body.girths["foot_breadth"] / 2
    part, limb, sole = Part.FOOT_L + side, Limb.FOOT_L + side, -body.lengths["ankle_height"]
    f.bead(f"heel_{n}", part, (-0.25 * foot + 0.034, 0, sole + 0.032), (0.034, 0.66 * half, 0.032))
    f.bead(f"instep_{n}", part, (0.14 * foot, 0, sole + 0.052), (0.05, 0.7 * half, 0.03))
    f.bead(f"ball_{n}", part, (0.46 * foot, 0, sole + 0.024), (0.03, half, 0.024))
    f.bead(f"toe_{n}", Part.TOES_L + side, (0.22 * foot - 0.02, 0, -0.004), (0.022, 0.72 * half, 0.016))
    f.hull(limb, f"ankle_{n}", f"heel_{n}", f"instep_{n}")
    f.hull(limb, f"heel_{n}", f"instep_{n}", f"ball_{n}")
    f.hull(limb, f"ball_{n}", f"toe_{n}")


def _arm(f: Figure, body: Body, side: int) -> None:
    g, n, loose = body.girths, "lr"[side], body.style["sleeves"]
    upper, lower, hand, arm = (
        Part.UPPER_ARM_L + side,
        Part.FOREARM_L + side,
        Part.HAND_L + side,
        Limb.ARM_L + side,
    )
    long, fore, palm = body.lengths["upper_arm"], body.lengths["forearm"], body.lengths["hand"]
    f.bead(f"deltoid_{n}", upper, (0, 0, -0.032), 0.94 * g["deltoid"] + loose)
    f.bead(f"biceps_{n}", upper, (0.004, 0, -0.5 * long), g["biceps"] + loose)
    f.bead(f"elbow_{n}", lower, (-0.004, 0, 0), g["elbow"] + loose)
    f.bead(f"bulk_{n}", lower, (0, 0, -0.22 * fore), g["elbow"] + 0.003 + loose)
    f.bead(f"wrist_{n}", lower, (0, 0, -0.97 * fore), g["wrist"] + 0.5 * loose)
    f.bead(f"palm_{n}", hand, (0.004, 0, -0.42 * palm), (0.036, 0.020, 0.035))
    f.bead(f"fingers_{n}", hand, (0.018, 0, -0.78 * palm), (0.026, 0.018, 0.026))
    f.hull(arm, f"acromion_{n}", f"deltoid_{n}", f"biceps_{n}")
    f.chain(arm, *(f"{name}_{n}" for name in ("biceps", "elbow", "bulk", "wrist", "palm", "fingers")))


def _clothes(f: Figure, body: Body) -> None:
    """Let the everyday top hang loose around the trunk, and put on a skirt if the person wears one."""
    loose = body.style["top"]
    for name in ("waist", "ribs", "iliac"):
        f.grow(name, (loose, 0.6 * loose, 0.0))
    deep, wide, _ = f.beads["hips"][2]
    edge = (deep + 0.5 * loose, wide + 0.3 * loose, 0.02)
    f.bead("shirt", Part.PELVIS, (0, 0, body.style["top_hem"]), edge)
    f.hull(Limb.TORSO, "waist", "shirt")
    if body.style["skirt"]:
        add_hem(f, "skirt", body, body.style["skirt"], 0.03)
