"""Synthetic occlusions: frames in, frames and their visibility out."""
