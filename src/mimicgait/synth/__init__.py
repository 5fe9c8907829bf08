"""Walkers: parametric people whose gait is rendered to silhouettes."""

from mimicgait.synth.walkers import SIZES, SynthConfig, generate, sequence_types
from mimicgait.synth.write import write_splits, write_walkers

__all__ = ["SIZES", "SynthConfig", "generate", "sequence_types", "write_splits", "write_walkers"]
