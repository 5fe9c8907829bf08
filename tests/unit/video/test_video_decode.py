import os

import numpy as np
import pytest
from drawn_walkers import SHAPE, background, write_video

from mimicgait.errors import VideoError
from mimicgait.video import VideoReader


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Twenty frames, each with its number as brightness."""
    images = [np.full((*SHAPE, 3), 10 * i, np.uint8) for i in range(20)]
    return write_video(tmp_path_factory.mktemp("clip") / "clip.avi", images)


def test_frames_come_in_order_with_number_time_and_picture(clip):
    frames = list(VideoReader(clip))
    assert [frame.index for frame in frames] == list(range(20))
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(20) / 20, atol=1e-3)
    np.testing.assert_allclose([frame.image.mean() for frame in frames], 10 * np.arange(20), atol=3)
    assert frames[0].image.shape == (*SHAPE, 3)
    assert frames[0].image.dtype == np.uint8


def test_a_reader_says_what_it_reads_and_starts_again(clip):
    reader = VideoReader(clip)
    assert (reader.info.width, reader.info.height) == SHAPE[::-1]
    assert reader.info.fps == pytest.approx(20)
    assert reader.info.frames == 20
    assert next(iter(reader)).index == 0
    assert len(list(reader)) == len(list(reader)) == 20


def refused(path, *parts, **settings):
    with pytest.raises(VideoError) as caught:
        list(VideoReader(path, **settings))
    for part in (str(path), *parts):
        assert part in str(caught.value)


def test_opening_leaves_the_process_as_it_was(clip, monkeypatch):
    monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;udp")
    VideoReader(clip)
    assert os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] == "rtsp_transport;udp"
    monkeypatch.delenv("OPENCV_FFMPEG_CAPTURE_OPTIONS")
    VideoReader(clip)
    assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_what_is_no_file_is_refused(tmp_path):
    refused(tmp_path / "none.mp4", "does not exist")
    refused(tmp_path, "is not a file")
    (tmp_path / "empty.mp4").touch()
    refused(tmp_path / "empty.mp4", "0 bytes")


@pytest.mark.parametrize(
    "content",
    [
        b"dear diary\n" * 100,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.avi\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile clip.avi\n",
    ],
    ids=["text", "playlist", "concat script"],
)
def test_a_text_file_with_a_video_name_is_refused(clip, content, capfd):
    path = clip.parent / "renamed.mp4"
    path.write_bytes(content)
    refused(path, "not a video")
    assert capfd.readouterr().err == ""


def test_a_picture_is_no_video(tmp_path):
    import cv2

    path = tmp_path / "picture_01.png"
    cv2.imwrite(str(path), background())
    refused(path, "not a video")


def test_bounds_are_kept(clip):
    refused(clip, "max_pixels", max_pixels=SHAPE[0] * SHAPE[1] - 1)
    refused(clip, "max_frames", max_frames=19)
    refused(clip, "max_seconds", max_seconds=0.9)
    assert len(list(VideoReader(clip, max_frames=20, max_seconds=1.0, max_pixels=SHAPE[0] * SHAPE[1]))) == 20


def test_bounds_are_kept_while_reading_when_the_header_promises_less(clip):
    reader = VideoReader(clip)
    reader.max_frames = 7
    read = []
    with pytest.raises(VideoError, match="more than the 7 frames"):
        read.extend(frame.index for frame in reader)
    assert len(read) <= 7


def test_a_video_that_was_cut_short_is_refused_unless_allowed(tmp_path, clip):
    cut = tmp_path / "cut.avi"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    refused(cut, "is cut short", "of the 20 frames")
    partial = list(VideoReader(cut, allow_partial=True))
    assert 3 <= len(partial) <= 17


def test_a_container_that_lost_its_index_is_refused(tmp_path):
    whole = write_video(tmp_path / "whole.mp4", [background()] * 10, codec="mp4v")
    assert len(list(VideoReader(whole))) == 10
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    refused(cut, "cut short")


def test_a_header_alone_holds_no_frame(tmp_path, clip):
    header = tmp_path / "header.avi"
    header.write_bytes(clip.read_bytes()[:5000])
    refused(header)
