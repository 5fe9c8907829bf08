"""Normalisation against a slow twin in plain loops and float64."""

import cv2
import numpy as np
import pytest

from mimicgait.data import normalise


def cubic(distance):
    """Keys' cubic kernel with a = -0.75, which OpenCV uses."""
    a, d = -0.75, abs(distance)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def linear(distance):
    return max(0.0, 1 - abs(distance))


def resample(line, size, kernel, reach):
    """Resample one line, pixel centres at halves, the edge repeated."""
    result = []
    for i in range(size):
        x = (i + 0.5) * len(line) / size - 0.5
        left = int(np.floor(x)) - reach + 1
        near = range(left, left + 2 * reach)
        result.append(sum(kernel(x - j) * line[min(max(j, 0), len(line) - 1)] for j in near))
    return result


def average(line, size):
    """Average the part of the line that each new pixel covers."""
    scale, result = len(line) / size, []
    for i in range(size):
        near = range(int(i * scale), min(int((i + 1) * scale) + 1, len(line)))
        result.append(
            sum(max(0.0, min(j + 1, (i + 1) * scale) - max(j, i * scale)) * line[j] for j in near) / scale
        )
    return result


RESAMPLE = {
    "cubic": lambda line, size: resample(line, size, cubic, 2),
    "linear": lambda line, size: resample(line, size, linear, 1),
    "area": average,
}


def twin(mask, interpolation):
    """Normalise step by step; return grey values in float64, or None."""
    if mask.sum() <= 10000:
        return None
    rows = [y for y in range(mask.shape[0]) if mask[y].any()]
    person = mask[rows[0] : rows[-1] + 1].astype(float)
    width = int(person.shape[1] / person.shape[0] * 64)
    wide = np.array([RESAMPLE[interpolation](row, width) for row in person])
    image = np.array([RESAMPLE[interpolation](column, 64) for column in wide.T]).T.clip(0, 255)
    total, seen, centre = image.sum(), 0.0, None
    for x in range(width):
        seen += image[:, x].sum()
        if seen > total / 2:
            centre = x
            break
    if not centre:
        return None
    left, right = centre - 32, centre + 32
    if left <= 0 or right >= width:
        image = np.concatenate([np.zeros((64, 32)), image, np.zeros((64, 32))], axis=1)
        left, right = left + 32, right + 32
    return image[:, left:right]


def walker(seed):
    """Draw ellipses for a trunk, a head and legs, somewhere in a frame."""
    rng = np.random.default_rng(seed)
    h, w = (int(size) for size in rng.integers(90, 200, 2))
    mask, x, scale = np.zeros((h, w), np.uint8), float(rng.uniform(0.2, 0.8) * w), h / 200
    for y, a, b, angle in ((40, 12, 15, 0), (90, 20, 40, 5), (150, 8, 40, 15), (150, 8, 40, -20)):
        centre = (round(x + angle / 2), round(y * scale))
        cv2.ellipse(mask, centre, (round(a * scale), round(b * scale)), angle, 0, 360, 255, -1)
    return mask


@pytest.mark.parametrize("interpolation", ["cubic", "linear", "area"])
@pytest.mark.parametrize("seed", range(5))
def test_normalisation_is_that_of_its_slow_twin(seed, interpolation):
    mask = walker(seed)
    expected = twin(mask, interpolation)
    grey = normalise(mask, interpolation=interpolation, threshold=None)
    # OpenCV works with whole numbers in between, which makes a few grey levels.
    error = np.abs(grey - expected).max()
    assert error <= 3, f"largest difference {error}"
    binary = normalise(mask, interpolation=interpolation)
    clear = np.abs(expected - 127.5) > 3
    assert np.array_equal(binary[clear], (expected > 127.5)[clear])
    assert clear.mean() > 0.98
