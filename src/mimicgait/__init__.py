"""Gait recognition for people who are partly hidden (MimicGait, WACV 2025, and what comes after it)."""

__version__ = "0.1.0"
