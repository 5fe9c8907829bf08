"""Silhouette sequences: normalised, packed, read from the field's layouts, sampled and augmented."""
