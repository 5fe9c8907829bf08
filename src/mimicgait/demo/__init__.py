"""The whole system in one go: walkers, training, evaluation, a real video, one report."""

from mimicgait.demo.pipeline import DemoConfig, run_demo
from mimicgait.demo.shipped import ShippedDemoConfig, run_shipped_demo

__all__ = ["DemoConfig", "ShippedDemoConfig", "run_demo", "run_shipped_demo"]
