import numpy as np
import pytest
import torch
from test_video_people import person

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models import VisibilityNetwork
from mimicgait.video import VisibilityTimeline, visibility_timeline


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return VisibilityNetwork(width=0.25).train()


def test_every_frame_is_judged_on_its_own(network):
    walker = person(t=300)
    timeline = visibility_timeline(walker, network)
    assert network.training
    network.eval()
    with torch.no_grad():
        for i in (0, 1, 255, 256, 299):
            seen = network(torch.from_numpy(walker.frames[i][None, None]))
            np.testing.assert_allclose(timeline.probability[i], seen.logits[0, 0].softmax(0), atol=1e-5)
            np.testing.assert_allclose(timeline.amount[i], seen.amount[0, 0], atol=1e-5)
    network.train()
    np.testing.assert_array_equal(timeline.index, walker.index)
    np.testing.assert_array_equal(timeline.times, walker.times)
    assert timeline.kinds == ("none", "top", "bottom")


def test_smoothing_averages_over_time_and_knows_gaps(network):
    walker = person(t=12)
    times = np.array([0, 1, 2, 3, 4, 20, 21, 22, 23, 40, 41, 42]) / 10
    object.__setattr__(walker, "times", times)
    raw, smooth = visibility_timeline(walker, network), visibility_timeline(walker, network, smooth=0.4)
    for i, now in enumerate(times):
        near = [j for j, other in enumerate(times) if abs(other - now) <= 0.2 + 1e-12]
        np.testing.assert_allclose(smooth.amount[i], np.mean([raw.amount[j] for j in near]), atol=1e-5)
        np.testing.assert_allclose(
            smooth.probability[i], np.mean([raw.probability[j] for j in near], axis=0), atol=1e-5
        )
    np.testing.assert_allclose(smooth.probability.sum(axis=1), 1, atol=1e-5)
    with pytest.raises(ConfigError, match="smooth"):
        visibility_timeline(walker, network, smooth=-1)


def test_kinds_and_shares_follow_the_largest_probability():
    probability = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]], np.float32)
    timeline = VisibilityTimeline(
        np.arange(4), np.arange(4.0), ("none", "top", "bottom"), probability, np.zeros(4, np.float32)
    )
    assert timeline.kind.tolist() == [0, 1, 1, 2]
    assert timeline.shares == {"none": 0.25, "top": 0.5, "bottom": 0.25}
    with pytest.raises(ShapeError, match="amounts"):
        VisibilityTimeline(np.arange(4), np.arange(4.0), ("none",), probability, np.zeros(4, np.float32))
