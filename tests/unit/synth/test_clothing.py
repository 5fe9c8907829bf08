import numpy as np
import pytest
from walker_cases import scene, share_changed, silhouettes

from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.clothing import BAGS, Outfit, draw_outfit, dress
from mimicgait.synth.figure import Figure, Limb


@pytest.mark.parametrize("bag", BAGS)
@pytest.mark.parametrize("azimuth", [60.0, 90.0, 130.0])
def test_every_bag_is_seen(bag, azimuth):
    plain = silhouettes(scene(azimuth=azimuth))
    for side in (0, 1):
        carried = silhouettes(scene(azimuth=azimuth, outfit=Outfit(bag=bag, bag_side=side)))
        assert share_changed(plain, carried) > 0.02


def test_a_backpack_is_behind_the_back():
    plain, carried = (silhouettes(scene(outfit=Outfit(bag=bag))) for bag in ("", "backpack"))
    for before, after in zip(plain, carried, strict=True):
        # Seen from the left the person walks to the image's left, and the pack is to the right of the head.
        backs = [np.flatnonzero(f[14:24].any(0))[-1] - np.flatnonzero(f[4])[-1] for f in (before, after)]
        assert backs[1] > backs[0] or backs[0] > 8, "an arm that swings back hides the pack"


@pytest.mark.parametrize("azimuth", [0.0, 45.0, 90.0, 180.0])
def test_a_coat_widens_the_trunk_and_covers_the_thighs(azimuth):
    plain = silhouettes(scene(azimuth=azimuth))
    coat = silhouettes(scene(azimuth=azimuth, outfit=Outfit(coat=0.03, coat_hem=1.1)))
    widths = [frames[:, 22:32].sum() for frames in (plain, coat)]
    assert widths[1] > 1.05 * widths[0]
    thighs = [frames[:, 36:44].sum() for frames in (plain, coat)]
    assert thighs[1] > 1.1 * thighs[0]


def test_shoes_lift_the_person():
    flat = dress(build_figure(scene().body), scene().body, Outfit(heel=0.01))
    high = dress(build_figure(scene().body), scene().body, Outfit(heel=0.07))
    (_, low_offset, low_axes), (_, high_offset, high_axes) = flat.beads["heel_l"], high.beads["heel_l"]
    assert high_offset[2] - high_axes[2] == pytest.approx(low_offset[2] - low_axes[2] - 0.06)
    assert high_offset[2] + high_axes[2] == pytest.approx(low_offset[2] + low_axes[2])


def test_conditions_say_what_is_worn():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        assert draw_outfit(rng, "nm", True).bag == ""
        assert draw_outfit(rng, "bg", False).bag in BAGS
        coat = draw_outfit(rng, "cl", False)
        assert coat.coat > 0
        assert coat.coat_hem > 0
        assert coat.bag == ""


def test_bags_of_every_kind_are_carried():
    assert {draw_outfit(np.random.default_rng(seed), "bg", False).bag for seed in range(60)} == set(BAGS)


def test_a_figure_becomes_arrays():
    figure = Figure()
    figure.bead("a", 0, (0, 0, 1), 0.5)
    figure.bead("b", 3, (1, 0, 0), (0.1, 0.2, 0.3))
    figure.bead("c", 3, (2, 0, 0), 0.1)
    figure.chain(Limb.ARM_L, "a", "b", "c")
    figure.hull(Limb.HEAD, "c")
    solid = figure.solid()
    assert solid.hulls.tolist() == [[0, 1, 0, 0], [1, 2, 1, 1], [2, 2, 2, 2]]
    assert solid.limb.tolist() == [Limb.ARM_L, Limb.ARM_L, Limb.HEAD]
    assert solid.axes.tolist() == [[0.5] * 3, [0.1, 0.2, 0.3], [0.1] * 3]
    assert solid.part.tolist() == [0, 3, 3]
