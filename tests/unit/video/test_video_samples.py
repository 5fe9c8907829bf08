import subprocess
import sys
import zipfile

import pytest

from mimicgait.errors import VideoError
from mimicgait.video import VideoReader, sample_video, samples


@pytest.fixture
def index(monkeypatch, empty_scene):
    """A stand-in for pip that makes a wheel of the given members, and counts its calls."""

    class Index:
        members: dict[str, bytes] = {samples.MEMBER: empty_scene.read_bytes()}  # noqa: RUF012
        error = ""
        calls = 0

        def run(self, command, **settings):
            self.calls += 1
            assert command[:4] == [sys.executable, "-m", "pip", "download"]
            assert "--no-deps" in command
            if self.error:
                return subprocess.CompletedProcess(command, 1, "", f"WARNING: slow\nERROR: {self.error}\n")
            folder = command[command.index("--dest") + 1]
            with zipfile.ZipFile(f"{folder}/sports2d-1-py3-none-any.whl", "w") as wheel:
                for name, data in self.members.items():
                    wheel.writestr(name, data)
            return subprocess.CompletedProcess(command, 0, "", "")

    made = Index()
    monkeypatch.setattr(samples.subprocess, "run", made.run)
    return made


def test_the_video_is_fetched_once_and_nothing_else_is_left(tmp_path, index):
    path = sample_video(tmp_path / "cache")
    assert len(list(VideoReader(path))) == 30
    assert sample_video(tmp_path / "cache") == path
    assert index.calls == 1
    assert list((tmp_path / "cache").iterdir()) == [path]


def test_the_cache_follows_the_users_settings(tmp_path, index, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert sample_video().parent == tmp_path / "xdg" / "mimicgait"


def test_a_damaged_copy_is_fetched_again(tmp_path, index):
    path = sample_video(tmp_path)
    path.write_bytes(path.read_bytes()[:1000])
    assert len(list(VideoReader(sample_video(tmp_path)))) == 30
    assert index.calls == 2


def test_without_network_the_reason_is_told(tmp_path, index):
    index.error = "No matching distribution found for sports2d"
    with pytest.raises(VideoError, match="No matching distribution found") as caught:
        sample_video(tmp_path)
    assert "network" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_slow_network_is_given_up(tmp_path, monkeypatch):
    def never(command, timeout, **settings):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(samples.subprocess, "run", never)
    with pytest.raises(VideoError, match="within 3 s"):
        sample_video(tmp_path, timeout=3)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"../../evil.mp4": b"x"}, "holds no Sports2D"),
        ({samples.MEMBER: b"not a video"}, "not a video"),
    ],
)
def test_a_wheel_without_the_video_leaves_nothing(tmp_path, index, members, reason):
    index.members = members
    with pytest.raises(VideoError, match=reason):
        sample_video(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "cache"]


def test_a_bomb_is_not_unpacked(tmp_path, index, monkeypatch):
    monkeypatch.setattr(samples, "MAX_BYTES", 1000)
    with pytest.raises(VideoError, match="larger than 1000 bytes"):
        sample_video(tmp_path)


def test_a_cache_that_cannot_be_written_is_named(tmp_path, index):
    (tmp_path / "file").touch()
    with pytest.raises(VideoError, match="cannot be kept"):
        sample_video(tmp_path / "file")
