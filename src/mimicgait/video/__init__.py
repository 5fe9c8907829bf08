"""From real video to silhouette sequences: decode, segment, track, assemble."""

from mimicgait.video.assemble import Assembler
from mimicgait.video.decode import FrameSource, VideoFrame, VideoInfo, VideoReader
from mimicgait.video.find import Found, find_people
from mimicgait.video.link import Linker
from mimicgait.video.people import DroppedFrame, PersonSequence, write_people
from mimicgait.video.preview import contact_sheet, overlay, save_png, save_preview
from mimicgait.video.regions import Box, Region, Segmented
from mimicgait.video.report import TrackReport, VideoReport
from mimicgait.video.samples import sample_video
from mimicgait.video.segment import BackgroundSubtraction, Segmenter
from mimicgait.video.timeline import VisibilityTimeline, visibility_timeline
from mimicgait.video.track import Observation, Track, Tracker, Tracking
from mimicgait.video.walk import Gait, Reason

__all__ = [
    "Assembler",
    "BackgroundSubtraction",
    "Box",
    "DroppedFrame",
    "Found",
    "FrameSource",
    "Gait",
    "Linker",
    "Observation",
    "PersonSequence",
    "Reason",
    "Region",
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
    "contact_sheet",
    "find_people",
    "overlay",
    "sample_video",
    "save_png",
    "save_preview",
    "visibility_timeline",
    "write_people",
]
