"""Sizes are found out and reduced; images that cannot be used are refused with the reason."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from layout_cases import block, frames, stored, video

from mimicgait.data import find_layout
from mimicgait.data.layouts import GENERIC
from mimicgait.data.reading import RAW, SIZES, changes, parse_size, read_sequence, size_name, to_silhouettes
from mimicgait.errors import ConfigError, DataError


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "000"
    path.mkdir()
    return path


def put(folder, name, image):
    cv2.imwrite(str(folder / name), image)
    return folder / name


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_every_size_of_the_field(height, width):
    array = frames(3, height, width)
    assert np.array_equal(to_silhouettes(array), stored(array))


@pytest.mark.parametrize("white", [1, 200, 255])
def test_halving_agrees_with_a_slow_twin(white):
    grey = np.random.default_rng(0).integers(0, white, (2, 128, 88), dtype=np.uint8, endpoint=True)
    grey[0, 0, 0] = white
    slow = np.zeros((2, 64, 64), np.uint8)
    for t, y, x in np.ndindex(2, 64, 44):
        four = grey[t, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2].astype(float)
        slow[t, y, x + 10] = four.mean() >= white / 2
    assert np.array_equal(to_silhouettes(grey), slow)


def test_halving_keeps_black_black():
    assert not to_silhouettes(np.zeros((1, 128, 128), np.uint8)).any()


def test_halving_agrees_with_opencv():
    grey = np.random.default_rng(1).integers(0, 2, (1, 128, 128), dtype=np.uint8) * 255
    reduced = cv2.resize(grey[0], (64, 64), interpolation=cv2.INTER_AREA)
    assert np.array_equal(to_silhouettes(grey)[0], (reduced > 127).astype(np.uint8))


@pytest.mark.parametrize("size", [*SIZES, RAW])
def test_sizes_are_written_and_read(size):
    assert parse_size(size_name(size)) == size
    assert bool(changes(size)) is (size != (64, 64))


def test_a_size_that_does_not_exist():
    with pytest.raises(ConfigError, match="did you mean '64x"):
        parse_size("64x4")


def test_raw_images_are_cropped_stretched_and_centred(folder):
    for number, image in enumerate(video(0)):
        put(folder, f"{number}.png", image)
    put(folder, "000-gei.png", np.full((9, 9), 90, np.uint8))
    read = read_sequence(folder)
    assert (read.size, read.dropped) == (RAW, 0)
    assert np.array_equal(read.frames, block())


def test_frames_are_in_the_order_of_their_numbers(folder):
    made = frames(0, count=12)
    for number, image in enumerate(made, 1):
        put(folder, f"f-{number}.png", image)
    read = read_sequence(folder, find_layout("grew"))
    assert np.array_equal(read.frames, stored(made))


def test_images_without_anybody_are_counted(folder):
    for number, image in enumerate([np.zeros((90, 90), np.uint8), *video(1)]):
        put(folder, f"{number}.png", image)
    read = read_sequence(folder)
    assert (len(read.frames), read.dropped) == (3, 1)


def test_ccpg_is_resized_by_area(folder):
    image = np.zeros((200, 200), np.uint8)
    cv2.circle(image, (100, 100), 90, 255, -1)
    cv2.circle(image, (100, 60), 30, 0, -1)
    image[::3] = 0
    put(folder, "1.png", image)
    results = [read_sequence(folder, find_layout(name)).frames for name in ("ccpg", "casia-b")]
    assert not np.array_equal(*results)


def cut_png(path):
    path.write_bytes(path.read_bytes()[:-40])


def grow_png(path):
    """Claim a picture of 60,000 x 60,000 pixels."""
    data = bytearray(path.read_bytes())
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut_png, "its image 2.png is damaged: copy it again"),
        (grow_png, "its image 2.png is larger than"),
        (lambda path: path.write_bytes(b""), "its image 2.png has 0 bytes"),
        (lambda path: path.write_bytes(b"GIF89a"), "its image 2.png is damaged"),
    ],
)
def test_images_that_cannot_be_used(folder, spoil, message):
    put(folder, "1.png", video(0)[0])
    spoil(put(folder, "2.png", video(0)[1]))
    with pytest.raises(DataError, match=message) as caught:
        read_sequence(folder)
    assert str(caught.value).startswith(f"{folder}: ")


def test_nobody_anywhere(folder):
    put(folder, "1.png", np.zeros((90, 90), np.uint8))
    with pytest.raises(DataError, match="shows nobody: of the first image, the mask has no white pixel"):
        read_sequence(folder)
    (folder / "1.png").unlink()
    with pytest.raises(DataError, match="has no images"):
        read_sequence(folder, GENERIC)


def test_ready_images_of_two_sizes(folder):
    put(folder, "1.png", frames(0)[0])
    put(folder, "2.png", frames(0, 128, 128)[0])
    with pytest.raises(DataError, match="images of several sizes"):
        read_sequence(folder, find_layout("grew"))
