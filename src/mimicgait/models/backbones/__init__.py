"""Gait backbones, one file a family."""
