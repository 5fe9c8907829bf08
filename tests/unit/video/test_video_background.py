import cv2
import numpy as np
import pytest

from mimicgait.errors import VideoError
from mimicgait.video.background import Background, estimate_background, same_texture


def scene(seed: int = 0, low: int = 60, high: int = 200) -> np.ndarray:
    return np.random.default_rng(seed).integers(low, high, (40, 50, 3), dtype=np.uint8)


def sample(image: np.ndarray, count: int = 15, noise: float = 0.0) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [np.clip(image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def slow_score(background: Background, image: np.ndarray, darkest: float, brightest: float) -> np.ndarray:
    """Distance from a segment of colours, pixel by pixel in float64; the blur is OpenCV's."""
    h, w, _ = image.shape
    result = np.zeros((h, w))
    for y in range(h):
        for x in range(w):
            weight = background.weight[y, x].astype(np.float64)
            centre = background.scaled[y, x].astype(np.float64)
            pixel = (image[y, x].astype(np.float64) - (0, 128, 128)) * weight
            shades = np.linspace(darkest, brightest, 4001)
            distances = np.linalg.norm(pixel - shades[:, None] * centre, axis=1)
            result[y, x] = min(distances.min(), 8.0)
    return cv2.GaussianBlur(result, (0, 0), 1.0)


@pytest.mark.parametrize(("darkest", "brightest"), [(1.0, 1.0), (0.8, 1.04), (0.4, 1.2)])
def test_score_is_the_distance_from_the_segment_of_shades(darkest, brightest):
    background = estimate_background(sample(scene()[:12, :14], noise=3))
    image = scene(5)[:12, :14]
    fast = background.score(image, darkest, brightest)
    slow = slow_score(background, image, darkest, brightest)
    np.testing.assert_allclose(fast, slow, atol=0.02, err_msg=f"{fast}\n{slow}")


def test_a_window_gives_the_same_scores_away_from_its_edge():
    background, image = estimate_background(sample(scene(), noise=3)), scene(5)
    window = (slice(5, 35), slice(10, 45))
    whole, part = background.score(image, 0.9, 1.0), background.score(image, 0.9, 1.0, window)
    np.testing.assert_allclose(part[5:-5, 5:-5], whole[window][5:-5, 5:-5], atol=1e-5)


def test_the_median_ignores_somebody_who_passes():
    image = scene()
    frames = sample(image)
    for i in range(4):
        frames[i][10:30, 5 + i : 20 + i] = 0
    background = estimate_background(frames)
    np.testing.assert_array_equal(background.luma, image[..., 0])
    assert background.score(frames[0], 1.0, 1.0)[12:28, 7:18].min() > 5
    assert background.score(image, 1.0, 1.0).max() == 0


def test_shadow_costs_nothing_within_its_range_and_much_outside():
    image = np.zeros((40, 50, 3), np.uint8) + np.array([180, 150, 110], np.uint8)
    background = estimate_background(sample(image))
    shadow = np.round((image - (0.0, 128, 128)) * 0.8 + (0, 128, 128)).astype(np.uint8)
    assert background.score(shadow, 0.75, 1.0).max() < 0.3
    assert background.score(shadow, 0.9, 1.0).max() > 4
    another_colour = shadow + np.array([0, 20, 0], np.uint8)
    assert background.score(another_colour, 0.75, 1.0).min() > 5


def test_noise_makes_scores_smaller():
    image = scene()
    changed = image.copy()
    changed[..., 0] = np.clip(image[..., 0] + 20.0, 0, 255)
    quiet, loud = estimate_background(sample(image)), estimate_background(sample(image, noise=10))
    assert quiet.score(changed, 1, 1).mean() > 2 * loud.score(changed, 1, 1).mean()
    assert loud.score(sample(image, noise=10)[0], 1, 1).mean() < 2


@pytest.mark.parametrize("gain", [0.8, 1.0, 1.1])
def test_gain_is_the_exposure_even_with_somebody_in_the_picture(gain):
    luma = scene(low=60, high=180)
    frame = luma.copy()
    frame[..., 0] = np.round(luma[..., 0] * gain)
    frame[5:35, 20:28, 0] = 0
    background = estimate_background(sample(np.tile(luma, (4, 4, 1))))
    assert background.gain(np.tile(frame, (4, 4, 1))) == pytest.approx(gain, abs=0.02)


def test_a_picture_with_too_few_usable_pixels_has_no_gain():
    assert estimate_background(sample(scene())).gain(scene(3)) == 1.0


def test_two_frames_are_no_sample():
    with pytest.raises(VideoError, match="at least 3 frames, got 2"):
        estimate_background(sample(scene(), count=2))


def test_texture_is_recognised_under_a_shadow_and_not_behind_a_leg():
    ground = scene()[..., 0].astype(np.float32)
    assert same_texture(0.5 * ground, ground)[5:-5, 5:-5].min() > 0.9
    other = scene(9)[..., 0].astype(np.float32)
    assert np.median(same_texture(other, ground)) < 0.2
    flat = np.full_like(ground, 100)
    assert abs(same_texture(flat, ground)).max() < 0.01
