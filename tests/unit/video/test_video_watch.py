import json
from itertools import pairwise

import numpy as np
import pytest
from drawn_walkers import FPS, Walker, film

from mimicgait.errors import ConfigError
from mimicgait.video import (
    Appeared,
    Decided,
    Embedded,
    Ended,
    Left,
    Named,
    VideoReader,
    WatchSettings,
    watch,
)
from mimicgait.video.events import Votes
from mimicgait.video.watch import _Watcher


def energy(frames):
    """A signature without a network: the mean silhouette `[64, 64]`."""
    return frames.mean(axis=0, dtype=np.float32)


@pytest.fixture(scope="module")
def events(crossing):
    return list(
        watch(
            crossing.path,
            embed=energy,
            identify=lambda signature: [Named("ann", 0.9), Named("bob", 0.1)],
            hidden=lambda frames: 0.25,
            settings=WatchSettings(window=2.0, step=0.5, min_frames=10),
        )
    )


def of(events, kind):
    return [event for event in events if type(event) is kind]


def test_one_walker_appears_is_named_and_leaves(events):
    assert [type(event) for event in events if type(event) in (Appeared, Left, Ended)] == [
        Appeared,
        Left,
        Ended,
    ]
    assert {event.person for event in events if not isinstance(event, Ended)} == {1}
    [left], [ended] = of(events, Left), of(events, Ended)
    assert left.decision is of(events, Decided)[-1]
    assert left.decision.name == "ann"
    assert left.since < left.time <= 70 / FPS
    assert (ended.frames, ended.people) == (70, 1)


def test_windows_hold_the_last_seconds_and_come_at_steps(events):
    windows = of(events, Embedded)
    assert len(windows) >= 3
    for event in windows:
        assert event.signature.shape == (64, 64)
        assert 10 <= len(event.frames) <= 2.0 * FPS + 1
        assert event.time - 2.0 - 1e-6 <= event.since < event.time
        assert event.hidden == 0.25
    steady = windows[:-1]  # the last look comes when the walker has gone
    assert all(b.time - a.time >= 0.5 - 1e-6 for a, b in pairwise(steady))


def test_the_decision_grows_surer_with_every_window(events):
    sure = [event.confidence for event in of(events, Decided)]
    assert sure == sorted(sure)
    assert sure[0] == pytest.approx(0.45)
    assert sure[-1] == pytest.approx(0.9 * len(sure) / (len(sure) + 1))


def test_every_frame_is_used_or_dropped_for_a_reason(events, found):
    [left] = of(events, Left)
    assert left.used + sum(left.dropped.values()) == found.report.people[0].found
    assert left.used >= 0.8 * found.report.people[0].used
    assert any("edge of the picture" in reason for reason in left.dropped)


def test_events_are_json(events):
    values = [json.loads(json.dumps(event.as_dict())) for event in events]
    assert {value["event"] for value in values} == {"appeared", "embedded", "decided", "left", "ended"}
    assert "signature" not in values[1]


def test_events_come_while_the_video_is_read(crossing):
    class Counted(VideoReader):
        read = 0

        def __iter__(self):
            for frame in super().__iter__():
                self.read = max(self.read, frame.index)
                yield frame

    from mimicgait.video import MaskFolder

    folder = crossing.path.parent / "masks_for_watch"
    folder.mkdir()
    import cv2

    for i, mask in enumerate(crossing.masks[0]):
        cv2.imwrite(str(folder / f"{i}.png"), mask * np.uint8(255))
    source = Counted(crossing.path)
    settings = WatchSettings(window=1.0, step=0.5, min_frames=10)
    first = next(watch(source, segmenter=MaskFolder(folder), settings=settings))
    assert isinstance(first, Appeared)
    assert source.read < 50


def test_nobody_is_told_with_the_reason(tmp_path):
    drawn = film(tmp_path / "sway.avi", [Walker(start=110, end=113)], frames=60)
    [ended] = watch(drawn.path)
    assert ended.people == 0
    assert sum(ended.others.values()) >= 1
    assert all(ended.others)


def test_memory_holds_a_window_of_everybody(crossing, monkeypatch):
    longest = []
    step = _Watcher.step

    def spy(self, alive, ended, segmented):
        yield from step(self, alive, ended, segmented)
        longest.extend(len(live.track.observations) for live in alive)

    monkeypatch.setattr(_Watcher, "step", spy)
    list(watch(crossing.path, settings=WatchSettings(window=1.0, step=0.5, min_frames=5)))
    assert max(longest) <= (1.0 + 0.5) * FPS + 2


def test_votes_of_strangers_lower_the_confidence():
    votes = Votes()
    assert votes.add([]) == ()
    assert votes.add(["ann", "bob"]) == (Named("ann", pytest.approx(1 / 3)),)
    assert votes.add(["bob"])[0].confidence == pytest.approx(1 / 4)


def test_settings_are_checked():
    with pytest.raises(ConfigError, match="step"):
        WatchSettings(window=1.0, step=2.0)
