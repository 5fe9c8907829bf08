"""`mimicgait watch`: who comes, who that is, who leaves; in front of a camera or in videos that arrive."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mimicgait.cli.console import complain, say
from mimicgait.errors import ConfigError, VideoError

if TYPE_CHECKING:
    from mimicgait.gallery import Calibration, Gallery, Observer, Signature
    from mimicgait.types import Frames
    from mimicgait.video import Event, Named, Segmenter, WatchSettings

VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".m4v", ".ts")


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What to watch, and with what.

    Args:
        source: number of a webcam, an address (rtsp, http), a video, a folder of pictures (one a frame), or a
            folder of videos, in which new ones are waited for.
        model: run folder, model folder or exported .onnx file, or pretrained:NAME of a network that ships; by
            default the shipped one that gallery or calibration were made with, else the best of them.
        gallery: the gallery's file; without it people are told apart, but not named.
        calibration: file of `mimicgait calibrate`; without it the nearest is named, however far.
        segmenter: background, maskrcnn, an .onnx file, or a folder with a mask a frame.
        mirror: turn everybody so that they walk to this side.
        window: seconds that are embedded together.
        step: seconds between two windows.
        once: of a folder: end when all videos in it have been watched.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
    """

    source: str
    _: KW_ONLY
    model: Path | None = None
    gallery: Path | None = None
    calibration: Path | None = None
    segmenter: str = "background"
    mirror: Literal["left", "right"] | None = None
    window: float = 3.0
    step: float = 1.0
    once: bool = False
    visibility: Path | None = None
    device: str = "cpu"
    trust: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.calibration is not None and self.gallery is None:
            raise ConfigError("calibration: needs --gallery: without people there is nothing to decide")


def watch(options: WatchOptions) -> None:
    """Watch a camera, a video, or a folder in which videos arrive, and tell what happens, one JSON a line.

    Events are appeared, returned, embedded, decided, left and ended. A decision gathers what all windows of a
    person said so far; its confidence grows with windows that agree. Ctrl-C ends it.

    Examples:
        mimicgait watch 0 --gallery people.db --calibration c.json     # a webcam
        mimicgait watch rtsp://camera/stream --model runs/mimic --gallery people.db
        mimicgait watch incoming --model runs/mimic --once     # the videos of a folder
    """
    from mimicgait.cli.networks import choose_network
    from mimicgait.cli.walks import Looker
    from mimicgait.gallery import Calibration, Gallery
    from mimicgait.video import WatchSettings, open_segmenter

    settings = WatchSettings(window=options.window, step=options.step, mirror=options.mirror)
    # Without a word from the user, `watch` chooses by the source: a camera cannot be read twice.
    named = options.segmenter != "background"
    segmenter = open_segmenter(options.segmenter, warn=complain) if named else None
    rules = Calibration.load(options.calibration) if options.calibration is not None else None
    with ExitStack() as stack:
        path = options.gallery
        people = stack.enter_context(Gallery(path, create=False)) if path is not None else None
        if people is not None and not len(people):
            complain(f"note: nobody is enrolled in {path} yet: until somebody is, nobody is named")
        model = choose_network(options.model, options.gallery, options.calibration)
        observer = Looker(model, options.visibility, options.device, options.trust).observer
        for video in sources(options.source, options.once):
            try:
                tell(video, Eye(observer, people, rules, video), segmenter, settings)
            except VideoError as error:
                if video == options.source:
                    raise
                complain(f"mimicgait: {error}")


def tell(video: str, eye: "Eye", segmenter: "Segmenter | None", settings: "WatchSettings") -> None:
    """Watch one source and say every event.

    Raises:
        VideoError: if it cannot be opened or read.
    """
    from mimicgait.video import watch as events_of

    for event in events_of(
        video,
        embed=eye.embed,
        identify=eye.identify if eye.names else None,
        hidden=eye.hidden if eye.judges else None,
        segmenter=segmenter,
        settings=settings,
    ):
        say(json.dumps({"source": shown(video), **described(event)}))


class Eye:
    """Joins network and gallery for the windows of one source.

    names: whether anybody can be named; judges: whether what is hidden is known.

    Args:
        observer: makes signatures.
        gallery: who may be named; none for nobody.
        calibration: which distances name somebody.
        source: kept with the signatures.
    """

    def __init__(
        self, observer: "Observer", gallery: "Gallery | None", calibration: "Calibration | None", source: str
    ) -> None:
        self._observer, self._gallery, self._rules = observer, gallery, calibration
        self._source = shown(source)
        self._last: Signature | None = None
        self.names, self.judges = gallery is not None, observer.visibility is not None

    def embed(self, frames: "Frames") -> Any:
        """Return the signature `[c, p]` of a window, and remember what is known about it."""
        from mimicgait.types import SequenceKey, Silhouettes

        walk = Silhouettes(SequenceKey("someone", "video", "000"), frames, self._source)
        [self._last] = self._observer([walk])
        return self._last.values

    def hidden(self, frames: "Frames") -> float:
        """Return the hidden share of the window that was just embedded."""
        return 0.0 if self._last is None or self._last.hidden is None else self._last.hidden

    def identify(self, values: Any) -> "Sequence[Named]":
        """Name the owner of the window that was just embedded; nobody for somebody unknown.

        Nobody is named either while nobody is enrolled: people come and go in a gallery as well.

        With a calibration the confidence is the probability that both walks are one person's; without one it
        is how much nearer the nearest is than the next.
        """
        from mimicgait.gallery import decide
        from mimicgait.video import Named

        if self._gallery is None or self._last is None or not len(self._gallery):
            return []
        ranking = self._gallery.identify(self._last, limit=5)
        if not ranking.candidates:  # the last one was removed between search and description
            return []
        decision = decide(ranking, self._last, self._rules)
        if self._rules is not None:
            listed = [(ranked.candidate.name, ranked.same or 0.0) for ranked in decision.ranking]
            return [Named(*pair) for pair in listed] if decision.name is not None else []
        near = [candidate.distance for candidate in ranking.candidates]
        margin = 1 - near[0] / near[1] if len(near) > 1 and near[1] > 0 else 0.0
        return [Named(ranking.candidates[0].name, margin)]


def sources(source: str, once: bool, wait: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Yield a source, or the videos of a folder: those that are there, then those that arrive.

    A video has arrived when its size has not changed for two seconds.

    Raises:
        VideoError: if a folder is to be watched once and holds no video.
    """
    folder = Path(source)
    if not folder.is_dir() or has_pictures(folder):
        yield source
        return
    done: set[Path] = set()
    sizes: dict[Path, int] = {}
    while True:
        there = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEOS and path.is_file())
        for path in there:
            size = path.stat().st_size
            if path not in done and (once or sizes.get(path) == size):
                done.add(path)
                yield str(path)
            sizes[path] = size
        if once:
            if not there:
                raise VideoError(f"{folder}: holds neither videos ({', '.join(VIDEOS)}) nor pictures")
            return
        wait(2.0)


def has_pictures(folder: Path) -> bool:
    """Tell whether a folder holds pictures, one a frame."""
    from mimicgait.video.masks import PICTURES

    return any(path.suffix.lower() in PICTURES for path in folder.iterdir())


def described(event: "Event | Any") -> dict[str, Any]:
    """An event as JSON values, numbers rounded, names beside their confidence."""
    values: dict[str, Any] = event.as_dict()
    for key in ("decision", "box"):
        if values.get(key) is not None:
            values[key] = {name: _short(value) for name, value in values[key].items()}
    return {key: _short(value) for key, value in values.items()}


def _short(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


def shown(source: str) -> str:
    """A source without a password."""
    from mimicgait.video.live import without_password

    return without_password(source) if "://" in source else source
