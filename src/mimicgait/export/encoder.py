"""An exported graph in the place of a network: the same call, the same signatures."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mimicgait.distance import NAMED
from mimicgait.errors import ConfigError, ExportError, ShapeError
from mimicgait.export.extras import RUNNING, require
from mimicgait.export.facts import GraphFacts
from mimicgait.models.base import check_frames

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
"""What ONNX Runtime calls the devices."""

ERRORS_ONLY = 3
"""ONNX Runtime's level of messages; its warnings are about optimisations that it skips."""


class OnnxEncoder(nn.Module):
    """Run a file of `mimicgait export` with ONNX Runtime wherever a backbone or a mimic is expected.

    Frames `[n, t, 64, 64]` and lengths `[n]` to embeddings `[n, c, p]` in float32, on the device of the
    frames. It uses as many threads as PyTorch does. There is nothing in it to be trained.

    Args:
        path: the file.

    Raises:
        ExportError: if the file is missing, damaged or not written by `mimicgait export`.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        require(RUNNING)
        self.path = Path(path)
        try:
            self._graph = self.path.read_bytes()
        except OSError as error:
            raise ExportError(f"{path} cannot be read: {error.strerror}") from error
        self._sessions: dict[str, Any] = {}
        properties = self._session("cpu").get_modelmeta().custom_metadata_map
        try:
            self.facts = GraphFacts.of_properties(properties)
        except ExportError as error:
            raise ExportError(f"{path}: {error}") from error
        self.channels = self.facts.channels
        self.parts = self.facts.parts
        self.input_size = self.facts.input_size
        self.distance = NAMED.get(self.facts.distance)

    @property
    def trained_size(self) -> str | None:
        """What silhouettes the network was trained on, such as `64x44`; None if nobody noted it."""
        size = self.facts.trained.get("silhouettes")
        return None if size is None else str(size)

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, h, w]` (uint8 {0, 1} or float in [0, 1]) to embeddings `[n, c, p]`.

        Raises:
            ShapeError: if frames or lengths have another shape or type, or a sequence is too short.
            ConfigError: inside autocast, or on a device that this ONNX Runtime cannot use.
        """
        check_frames(frames, lengths, (self.input_size,))
        n, t = frames.shape[:2]
        lengths = torch.full((n,), t) if lengths is None else lengths.cpu()
        if (shortest := int(lengths.min())) < self.facts.least_frames:
            least = self.facts.least_frames
            raise ShapeError(f"expected sequences of {least} frames or more, got one of {shortest}")
        session = self._session(frames.device.type)
        if torch.is_autocast_enabled(frames.device.type):
            raise ConfigError(
                f"{self.path}: an exported graph computes in {self.facts.numbers}, as it was written: choose "
                "precision float32"
            )
        if self.facts.mixed_lengths:
            return self._run(session, frames, lengths)
        signatures = torch.empty(n, self.channels, self.parts, device=frames.device)
        for length in sorted(set(lengths.tolist())):
            rows = (lengths == length).nonzero().squeeze(1)
            signatures[rows] = self._run(session, frames[rows.to(frames.device), :length], None)
        return signatures

    def _run(self, session: Any, frames: Tensor, lengths: Tensor | None) -> Tensor:
        inputs = {"frames": np.ascontiguousarray(frames.float().cpu().numpy())}
        if lengths is not None:
            inputs["lengths"] = lengths.long().numpy()
        try:
            (signatures,) = session.run(["embeddings"], inputs)
        except Exception as error:  # the types of its errors are not public
            sizes = f"{list(frames.shape[:2])} sequences and frames"
            raise ExportError(f"{self.path} fails with {sizes}: {_first_line(error)}") from error
        return torch.from_numpy(signatures).to(frames.device)

    def _session(self, device: str) -> Any:
        """Return the session of a device; it is opened when it is first needed."""
        import onnxruntime

        if device not in self._sessions:
            provider = PROVIDERS.get(device)
            if provider not in onnxruntime.get_available_providers():
                raise ConfigError(f"device: this ONNX Runtime cannot use {device!r}; cpu always can be used")
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = torch.get_num_threads()
            options.log_severity_level = ERRORS_ONLY
            try:
                self._sessions[device] = onnxruntime.InferenceSession(self._graph, options, [provider])
            except Exception as error:  # the types of its errors are not public
                raise ExportError(f"{self.path} is damaged or no ONNX graph: {_first_line(error)}") from error
        return self._sessions[device]


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
