"""From real video to silhouette sequences: decode, segment, track, assemble."""

from mimicgait.video.assemble import Assembler
from mimicgait.video.choose import open_segmenter
from mimicgait.video.decode import FrameSource, VideoFrame, VideoInfo, VideoReader
from mimicgait.video.embed import embedder, gait_distance, hidden_share
from mimicgait.video.events import Appeared, Decided, Embedded, Ended, Event, Left, Named, Returned
from mimicgait.video.find import Found, find_people
from mimicgait.video.link import Linker
from mimicgait.video.live import Camera, RollingBackground
from mimicgait.video.masks import MaskFolder
from mimicgait.video.networks import MaskRCNN, OnnxSegmenter
from mimicgait.video.people import DroppedFrame, PersonSequence, write_people
from mimicgait.video.preview import contact_sheet, overlay, save_png, save_preview, save_previews
from mimicgait.video.regions import Box, Region, Segmented
from mimicgait.video.report import TrackReport, VideoReport
from mimicgait.video.samples import sample_video
from mimicgait.video.segment import BackgroundSubtraction, Segmenter
from mimicgait.video.sources import ImageFolder, open_source
from mimicgait.video.timeline import VisibilityTimeline, visibility_timeline
from mimicgait.video.track import Observation, Track, Tracker, Tracking
from mimicgait.video.walk import Gait, Reason
from mimicgait.video.watch import WatchSettings, watch

__all__ = [
    "Appeared",
    "Assembler",
    "BackgroundSubtraction",
    "Box",
    "Camera",
    "Decided",
    "DroppedFrame",
    "Embedded",
    "Ended",
    "Event",
    "Found",
    "FrameSource",
    "Gait",
    "ImageFolder",
    "Left",
    "Linker",
    "MaskFolder",
    "MaskRCNN",
    "Named",
    "Observation",
    "OnnxSegmenter",
    "PersonSequence",
    "Reason",
    "Region",
    "Returned",
    "RollingBackground",
    "Segmented",
    "Segmenter",
    "Track",
    "TrackReport",
    "Tracker",
    "Tracking",
    "VideoFrame",
    "VideoInfo",
    "VideoReader",
    "VideoReport",
    "VisibilityTimeline",
    "WatchSettings",
    "contact_sheet",
    "embedder",
    "find_people",
    "gait_distance",
    "hidden_share",
    "open_segmenter",
    "open_source",
    "overlay",
    "sample_video",
    "save_png",
    "save_preview",
    "save_previews",
    "visibility_timeline",
    "watch",
    "write_people",
]
