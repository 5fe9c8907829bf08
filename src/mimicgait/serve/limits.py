"""Everything of the service that is bounded, in one place."""

from dataclasses import dataclass, fields

from mimicgait.errors import ConfigError

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a client may ask for, and how much the service holds at once.

    Args:
        upload_bytes: of one upload.
        video_seconds: of one video.
        video_frames: of one video.
        video_pixels: of one frame of a video, width times height.
        video_work_seconds: that the reading of one video may take.
        video_memory_bytes: that the process which reads a video may take beside what it starts with.
        people: of one video that are reported; how many more there were is said.
        walk_frames: of one walk that a network looks at; of longer walks the middle.
        silhouettes: frames in one upload of silhouettes.
        mask_pixels: of one mask image, as its header says.
        unpacked_bytes: that an archive may unpack to.
        queue: jobs that wait; when it is full, clients are told to come again.
        workers: jobs that are worked on at the same time.
        kept_jobs: results that are kept; the oldest go first.
        kept_bytes: of all results that are kept.
        keep_seconds: for which a result is kept.
        scratch_bytes: of uploads that lie on the disk at the same time.
        stall_seconds: that an upload may stand still.
        rate: requests a minute for each key; for each address, if there are no keys.
        burst: requests that may come at once.

    Raises:
        ConfigError: if one of them is not positive.
    """

    upload_bytes: int = 100 * MIB
    video_seconds: float = 120.0
    video_frames: int = 7_200
    video_pixels: int = 4096 * 2304
    video_work_seconds: float = 900.0
    video_memory_bytes: int = 4096 * MIB
    people: int = 32
    walk_frames: int = 720
    silhouettes: int = 3_000
    mask_pixels: int = 1 << 22
    unpacked_bytes: int = 256 * MIB
    queue: int = 64
    workers: int = 1
    kept_jobs: int = 200
    kept_bytes: int = 256 * MIB
    keep_seconds: float = 900.0
    scratch_bytes: int = 2048 * MIB
    stall_seconds: float = 30.0
    rate: float = 600.0
    burst: int = 120

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ConfigError(f"{field.name} must be more than 0, got {value}")
        if self.scratch_bytes < self.upload_bytes:
            raise ConfigError("scratch_bytes must hold at least one upload: raise it, or lower upload_bytes")
