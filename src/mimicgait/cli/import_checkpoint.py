"""`mimicgait import-checkpoint`: a researcher's trained weights come along."""

from pathlib import Path

from mimicgait.cli.console import say


def import_checkpoint(
    src: Path,
    out: Path,
    cut: bool | None = None,
    expect: str | None = None,
    overwrite: bool = False,
) -> None:
    """Turn a .pt checkpoint of the field into a folder with safetensors and JSON.

    Takes GaitSet, GaitPart, GaitGL, GaitBase, DeepGaitV2 and SwinGait, the released occlusion detector (VEN)
    and released mimic models; which one it is, and how large, is read off the names and shapes of the
    weights. A mimic model gives two folders: OUT, and its teacher in OUT-teacher. The file is read for
    weights alone: no code in it is run. Class heads are dropped, and said to be; any other weight that is
    missing, left over or of another shape is an error, and nothing is written.

    Examples:
        mimicgait import-checkpoint GaitBase_DA-60000.pt gaitbase
        mimicgait import-checkpoint mimic.pt mimic          # also writes mimic-teacher
        mimicgait evaluate --model gaitbase --store gait3d/test --out report

    Args:
        src: the checkpoint: a dictionary with `model` in it, or bare weights.
        out: the folder to write.
        cut: whether 64-wide frames are cut to 44 columns, which the file does not tell; none means yes for a
            backbone, as the field trains it, and no for a mimic model, as it was released.
        expect: the class that the file should hold, such as GaitSet; another one is then an error.
        overwrite: replace an older checkpoint that is there.
    """
    from mimicgait.models import importing

    report = importing.import_checkpoint(src, out, cut=cut, expect=expect, overwrite=overwrite)
    if report.iteration is not None:
        say(f"{src}: trained for {report.iteration} steps")
    say(str(report))
