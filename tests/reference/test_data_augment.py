"""Warping against OpenCV's homographies and a slow twin."""

import cv2
import numpy as np
import torch

from mimicgait.data.augment import Perspective, Rotate, trapezoid, warp


def twin(frame, matrix):
    """Resample one frame through a homography between coordinates from -1 to 1."""
    h, w = frame.shape
    result = np.zeros((h, w))
    for row in range(h):
        for column in range(w):
            x, y, z = matrix @ [(2 * column + 1) / w - 1, (2 * row + 1) / h - 1, 1]
            u, v = ((x / z + 1) * w - 1) / 2, ((y / z + 1) * h - 1) / 2
            for j in (int(np.floor(v)), int(np.floor(v)) + 1):
                for i in (int(np.floor(u)), int(np.floor(u)) + 1):
                    if 0 <= i < w and 0 <= j < h:
                        result[row, column] += (1 - abs(u - i)) * (1 - abs(v - j)) * frame[j, i]
    return result


def test_warping_is_that_of_its_slow_twin():
    rng = np.random.default_rng(0)
    frames = rng.random((3, 2, 10, 14))
    matrices = np.eye(3) + rng.normal(0, 0.1, (3, 3, 3))
    result = warp(torch.from_numpy(frames), torch.from_numpy(matrices)).numpy()
    for n in range(3):
        for t in range(2):
            np.testing.assert_allclose(result[n, t], twin(frames[n, t], matrices[n]), atol=1e-10)


def test_trapezoids_are_the_homographies_of_their_corners():
    corners = torch.tensor(
        [[-0.7, 0.9, -0.95, 0.4], [-1, 1, -1, 1], [-0.2, 0.1, -1, 1], [0.3, 0.9, -0.3, 0.2]]
    )
    for (tl, tr, bl, br), matrix in zip(
        corners.tolist(), trapezoid(*corners.double().T).numpy(), strict=True
    ):
        source = np.array([[tl, -1], [tr, -1], [br, 1], [bl, 1]], np.float32)
        frame = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
        expected = cv2.getPerspectiveTransform(source, frame)
        np.testing.assert_allclose(matrix / matrix[2, 2], expected / expected[2, 2], atol=1e-6)


def test_rotation_turns_pixels_in_a_frame_that_is_not_square():
    frame = np.zeros((40, 60), np.float32)
    frame[8:30, 20:26] = 1
    angle = 7.0
    result = Rotate(1.0, degrees=10).change(
        torch.from_numpy(frame)[None, None], torch.tensor([[angle / 20 + 0.5]], dtype=torch.float64)
    )
    matrix = cv2.getRotationMatrix2D((29.5, 19.5), angle, 1)
    expected = cv2.warpAffine(frame, matrix, (60, 40))
    assert np.abs(result[0, 0].numpy() - expected).max() < 0.06  # OpenCV rounds positions to 1/32 pixel


def test_perspective_is_that_of_opencv():
    frame = np.zeros((64, 64), np.float32)
    cv2.ellipse(frame, (30, 33), (14, 28), 10, 0, 360, 1, -1)
    inset = np.array([2.0, 7.5, 9.0, 0.5])  # columns: top left, top right, bottom left, bottom right
    uniforms = torch.from_numpy(inset / 10)[None]
    result = Perspective(1.0).change(torch.from_numpy(frame)[None, None], uniforms)[0, 0].numpy()
    edge = np.array([[0, 0], [64, 0], [64, 64], [0, 64]], np.float32) - 0.5
    moved = edge + np.array([[inset[0], 0], [-inset[1], 0], [-inset[3], 0], [inset[2], 0]], np.float32)
    expected = cv2.warpPerspective(frame, cv2.getPerspectiveTransform(edge, moved), (64, 64))
    assert np.abs(result - expected).max() < 0.06
