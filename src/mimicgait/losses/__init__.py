"""Losses of the teacher, of the visibility network and of the distillation."""
