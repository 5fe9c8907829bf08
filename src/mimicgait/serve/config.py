"""The settings of a service: the constructor is the configuration."""

from dataclasses import dataclass, field
from pathlib import Path

from mimicgait.errors import ConfigError
from mimicgait.serve.limits import Limits


@dataclass(frozen=True, kw_only=True)
class ServeConfig:
    """What to serve, where, and for whom.

    Args:
        model: run folder, model folder or exported .onnx file of the network that makes signatures, or
            pretrained:NAME of one that ships; by default the shipped one that the gallery was made with, the
            best of them for a new gallery.
        gallery: the gallery's file; it is made when it is not there.
        teacher: network that was trained on complete walks, such as pretrained:teacher; puts the robustness
            explorer on the page.
        visibility: a visibility network; by default the one inside a mimic.
        calibration: file of `mimicgait calibrate`; without one people are ranked, and nobody is named.
        walkers: a store for the explorer; by default a few made-up walkers.
        host: address to listen on; one that other machines reach needs keys.
        port: port to listen on; 0 takes a free one.
        keys: key file, as `mimicgait api-key` writes it; MIMICGAIT_API_KEYS may hold such lines too.
        names: names beside localhost by which a service without keys may be asked for.
        keep_uploads: folder to keep uploads in; by default they are deleted after use.
        device: where networks run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
        limits: how much clients may ask for, and how much is held at once.

    Raises:
        ConfigError: if the port is none, or there are walkers for an explorer without a teacher.
    """

    gallery: Path
    model: Path | None = None
    teacher: Path | None = None
    visibility: Path | None = None
    calibration: Path | None = None
    walkers: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    keys: Path | None = None
    names: tuple[str, ...] = ()
    keep_uploads: Path | None = None
    device: str = "cpu"
    trust: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise ConfigError(f"port: expected 0 to 65535, got {self.port}")
        if self.walkers is not None and self.teacher is None:
            raise ConfigError("walkers: they are for the explorer, which needs a teacher: say --teacher RUN")
