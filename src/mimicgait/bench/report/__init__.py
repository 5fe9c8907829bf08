"""The benchmark's page: tables, curves, heat maps, maps of signatures, mistakes, parts that decided."""

from mimicgait.bench.report.look import Looking, looked_at
from mimicgait.bench.report.page import write_page

__all__ = ["Looking", "looked_at", "write_page"]
