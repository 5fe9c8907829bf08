"""Adapters: any network of images, of clips or of sequences as a gait backbone.

Each is a `Backbone` around a module of the user's: it packs the real frames, so that padding never changes an
embedding, pools over time, cuts what comes out into strips, and states its channels and parts.
"""

from mimicgait.models.adapters.clips import ClipEncoder
from mimicgait.models.adapters.frames import FrameEncoder
from mimicgait.models.adapters.groups import FrameGroups
from mimicgait.models.adapters.sequences import SequenceEncoder
from mimicgait.models.adapters.timm_model import TimmModel
from mimicgait.models.adapters.video_resnet import VideoResNet

__all__ = ["ClipEncoder", "FrameEncoder", "FrameGroups", "SequenceEncoder", "TimmModel", "VideoResNet"]
