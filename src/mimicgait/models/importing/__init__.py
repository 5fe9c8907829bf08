"""The field's checkpoints, read safely and made into this package's own networks."""

from mimicgait.models.importing.importer import ImportReport, import_checkpoint

__all__ = ["ImportReport", "import_checkpoint"]
