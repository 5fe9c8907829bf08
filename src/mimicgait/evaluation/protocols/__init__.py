"""The published protocols of the field's data sets, as data: one YAML file a data set."""

from mimicgait.evaluation.protocols.dataset import DatasetProtocol
from mimicgait.evaluation.protocols.reading import list_protocols, load_protocol

__all__ = ["DatasetProtocol", "list_protocols", "load_protocol"]
