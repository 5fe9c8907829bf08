"""The whole system in one go: walkers, training, evaluation, a real video, one report."""

from mimicgait.demo.pipeline import DemoConfig, run_demo

__all__ = ["DemoConfig", "run_demo"]
