"""Networks outside PyTorch: graphs in ONNX, checked against the network that they were made from."""

from mimicgait.export.encoder import OnnxEncoder
from mimicgait.export.facts import GraphFacts
from mimicgait.export.identity import signature_hash
from mimicgait.export.write import Calibration, Exported, export_onnx

__all__ = ["Calibration", "Exported", "GraphFacts", "OnnxEncoder", "export_onnx", "signature_hash"]
