"""Walkers: parametric people whose gait is rendered to silhouettes."""
