import numpy as np
import pytest

from mimicgait.cli.main import main
from mimicgait.cli.watch import Eye, has_pictures, shown, sources
from mimicgait.errors import VideoError
from mimicgait.gallery import Gallery, Observer
from mimicgait.models.backbones import GaitBase
from mimicgait.types import SequenceKey, Silhouettes
from mimicgait.video import Named


def test_the_videos_of_a_folder_are_watched_once_in_order(tmp_path):
    for name in ("b.mp4", "a.avi", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.rpartition("/")[2] for path in sources(str(tmp_path), once=True)] == ["a.avi", "b.mp4"]


def test_a_video_that_is_still_being_written_is_waited_for(tmp_path):
    video = tmp_path / "new.mp4"
    video.write_bytes(b"x")
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) < 3:
            video.write_bytes(b"x" * (len(waits) + 1))

    assert next(sources(str(tmp_path), once=False, wait=wait)) == str(video)
    assert len(waits) == 3


def test_anything_else_is_one_source(tmp_path):
    assert list(sources("rtsp://camera/1", once=False)) == ["rtsp://camera/1"]
    (tmp_path / "1.png").write_bytes(b"x")
    assert has_pictures(tmp_path)
    assert list(sources(str(tmp_path), once=False)) == [str(tmp_path)]


def test_an_empty_folder_is_a_mistake_when_watched_once(tmp_path):
    with pytest.raises(VideoError, match="neither videos"):
        list(sources(str(tmp_path), once=True))


def test_passwords_are_not_shown():
    assert shown("rtsp://ann:secret@camera/1") == "rtsp://camera/1"
    assert shown("walk.mp4") == "walk.mp4"


def test_people_come_and_go_in_a_gallery_that_is_watched_with(tmp_path):
    frames = np.ones((4, 64, 64), np.uint8)
    observer = Observer(GaitBase(width="tiny"))
    with Gallery(tmp_path / "people.db", key="") as gallery:
        eye = Eye(observer, gallery, None, "0")
        signature = eye.embed(frames)
        assert eye.identify(signature) == []
        [ann] = observer([Silhouettes(SequenceKey("ann", "nm", "000"), frames)])
        gallery.enroll("ann", [ann], consent="form")
        assert eye.identify(signature) == [Named("ann", 0.0)]
        gallery.remove("ann")
        assert eye.identify(signature) == []


def test_a_calibration_needs_a_gallery(tmp_path, capsys):
    assert main(["watch", "0", "--model", str(tmp_path), "--calibration", "c.json"]) == 2
    assert "--gallery" in capsys.readouterr().err


def test_a_stream_has_no_silhouettes(tmp_path, capsys):
    assert main(["silhouettes", "rtsp://camera/1", str(tmp_path / "out")]) == 2
    assert "mimicgait watch" in capsys.readouterr().err
