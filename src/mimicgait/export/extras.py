"""The optional packages that exported graphs need."""

from importlib.util import find_spec

from mimicgait.errors import ExportError

RUNNING = ("onnxruntime",)
"""What it takes to run a graph."""

WRITING = ("onnx", "onnxruntime", "onnxscript")
"""What it takes to write one, and to check it."""


def require(modules: tuple[str, ...]) -> None:
    """Refuse to begin where a package is missing.

    Raises:
        ExportError: naming what is missing and how to get it.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ExportError(f"ONNX needs {', '.join(missing)}: pip install 'mimicgait[onnx]'")
