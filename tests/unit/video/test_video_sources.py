import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from mimicgait.errors import ConfigError, VideoError
from mimicgait.video import (
    BackgroundSubtraction,
    Camera,
    ImageFolder,
    RollingBackground,
    VideoReader,
    find_people,
    open_source,
    watch,
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, crossing):
    folder = tmp_path_factory.mktemp("pictures")
    for frame in VideoReader(crossing.path):
        cv2.imwrite(str(folder / f"frame{frame.index}.png"), frame.image)
    return folder


def test_a_folder_of_pictures_is_a_video(pictures, found):
    source = open_source(pictures, fps=20)
    assert (source.info.width, source.info.frames, source.info.fps) == (240, 70, 20)
    people = find_people(source).people
    assert len(people) == 1
    np.testing.assert_array_equal(people[0].index, found.people[0].index)


def test_pictures_that_cannot_be_frames_are_named(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((40, 50, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.zeros((40, 60, 3), np.uint8))
    with pytest.raises(VideoError, match=r"2\.png: is 60 x 40"):
        list(ImageFolder(tmp_path))
    (tmp_path / "2.png").write_bytes(b"bad")
    with pytest.raises(VideoError, match=r"2\.png.*damaged"):
        list(ImageFolder(tmp_path))
    with pytest.raises(VideoError, match="too large"):
        ImageFolder(tmp_path, max_pixels=1000)
    with pytest.raises(VideoError, match="max_frames"):
        ImageFolder(tmp_path, max_frames=1)
    with pytest.raises(ConfigError, match="fps"):
        ImageFolder(tmp_path, fps=0)


def test_files_are_read_as_before(crossing):
    assert isinstance(open_source(crossing.path), VideoReader)
    with pytest.raises(VideoError, match="does not exist"):
        open_source("nothing.mp4")


def test_a_webcam_that_is_not_there(monkeypatch):
    with pytest.raises(VideoError, match="webcam 77"):
        open_source("77")


def test_an_address_without_an_answer_hides_the_password():
    with pytest.raises(VideoError) as caught:
        Camera("rtsp://user:secret@127.0.0.1:9/stream?token=secret", timeout=1.0)
    assert "rtsp://127.0.0.1:9/stream" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "concat:a|b", "ftp://host/a.mp4"])
def test_other_addresses_are_refused(address):
    with pytest.raises(VideoError):
        Camera(address)


def test_an_address_is_read_once_to_its_end(crossing):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=crossing.path.parent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        camera = open_source(f"http://127.0.0.1:{server.server_port}/{crossing.path.name}")
        frames = list(camera)
    finally:
        server.shutdown()
        server.server_close()
    assert [frame.index for frame in frames] == list(range(70))
    assert frames[-1].time == pytest.approx(69 / 20)


def test_a_rolling_background_finds_the_walker_after_its_warm_up(crossing):
    segmenter = RollingBackground(warm_up=1.0, refresh=1.0)
    frames = list(segmenter.segment(VideoReader(crossing.path)))
    assert [frame.frame.index for frame in frames] == list(range(70))
    assert not any(frame.regions for frame in frames[:20])
    seen = [frame.frame.index for frame in frames if frame.regions]
    assert len(seen) > 35
    kinds = {type(event).__name__ for event in watch(crossing.path, segmenter=segmenter)}
    assert {"Appeared", "Left", "Ended"} <= kinds


def test_settings_of_the_rolling_background_are_checked():
    with pytest.raises(ConfigError, match="warm_up"):
        RollingBackground(BackgroundSubtraction(), warm_up=10, memory=5)
