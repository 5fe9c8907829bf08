"""Embeddings of a store, metrics, protocols, robustness and reports."""
