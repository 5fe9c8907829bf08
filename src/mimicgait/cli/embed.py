"""`mimicgait embed`: from sequences, wherever they come from, to their signatures in a file."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from mimicgait.cli.console import say, watched
from mimicgait.cli.data_import import refuse_bad
from mimicgait.cli.networks import (
    Runtime,
    check_device,
    check_silhouettes,
    choose_network,
    load_backbone,
    with_runtime,
)
from mimicgait.cli.sources import open_source
from mimicgait.errors import ConfigError

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.data import SequenceStore
    from mimicgait.types import Embeddings

FORMATS = (".npz", ".parquet")
Columns = Mapping[str, list[str]]


def embed(
    src: Path,
    out: Path,
    *,
    model: Path | None = None,
    device: str = "cpu",
    precision: Literal["float32", "bfloat16"] = "float32",
    batch_frames: int = 1024,
    runtime: Runtime = "auto",
    trust: tuple[str, ...] = (),
    overwrite: bool = False,
) -> None:
    """Turn every sequence of a store, of a folder in the field's layout, or of a video into its signature.

    An .npz file holds `embeddings` [n, c, p] in float32, for each sequence `subject`, `type` and `view`, and
    the name of the `distance` to compare them with (see mimicgait.distance). A .parquet file has one row a
    sequence: subject, type, view, and the embedding as a list of c * p numbers; the rest is in its metadata.

    Examples:
        mimicgait embed walkers/test test.npz --model runs/mimic
        mimicgait embed walk.mp4 walk.parquet                        # with the best network that ships
        mimicgait embed walkers/test test.npz --model mimic.onnx     # a file of `mimicgait export`
        python -c "import numpy; f = numpy.load('test.npz'); print(f['embeddings'].shape, f['subject'])"

    Args:
        src: a store, a folder of id/type/view/*.pkl, or a video file.
        out: the file to write, .npz or .parquet.
        model: run folder, model folder, .onnx file, or pretrained:NAME; by default the best that ships.
        device: where to run: cpu, cuda, mps.
        precision: bfloat16 is quicker where the hardware multiplies it natively.
        batch_frames: most frames in a batch; less needs less memory.
        runtime: torch, or onnx: ONNX Runtime, for which a network is exported and checked first; auto takes
            onnx for .onnx files and torch for everything else.
        trust: packages of yours whose networks may be built from a checkpoint.
        overwrite: replace a file that is there.
    """
    check_out(out, overwrite)
    check_device(device)
    model = choose_network(model)
    network = with_runtime(load_backbone(model, trust), model, runtime)
    from mimicgait.evaluation.extract import embed_store

    with TemporaryDirectory(prefix="mimicgait-") as folder:
        store, bad = open_source(src, Path(folder) / "store")
        check_silhouettes(network, model, store)
        options: dict[str, Any] = {"device": device, "precision": precision, "batch_frames": batch_frames}
        embeddings = embed_store(network, store, progress=watched(), **options)
    write(embeddings, out, facts_of(model, network, store))
    say("{}: {} signatures of {} channels x {} parts".format(out, *embeddings.values.shape))
    refuse_bad(bad)


def facts_of(model: Path, network: "nn.Module", store: "SequenceStore") -> dict[str, str]:
    """Return what a file says of its signatures: network, what to compare them with, and the data."""
    from mimicgait.distance import distance_of

    return {
        "model": str(model),
        "distance": distance_of(network).name,
        "fingerprint": store.fingerprint,
        "licence": store.licence,
    }


def check_out(out: Path, overwrite: bool) -> None:
    """Refuse a file that is there, or of another kind, before the work begins.

    Raises:
        ConfigError: saying what to change.
    """
    if out.suffix not in FORMATS:
        raise ConfigError(f"{out}: the name must end in {' or '.join(FORMATS)}")
    if out.is_dir() or (out.exists() and not overwrite):
        raise ConfigError(f"{out}: exists already: choose another name, or say --overwrite")


def write(embeddings: "Embeddings", out: Path, about: Mapping[str, str]) -> None:
    """Write signatures and keys to a file that appears when it is whole.

    Args:
        embeddings: signatures `[n, c, p]` with their keys.
        out: `.npz` or `.parquet`.
        about: facts that are kept with them; see `facts_of`.
    """
    keys = {name: [getattr(key, name) for key in embeddings.keys] for name in ("subject", "type", "view")}
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial{out.suffix}")
    try:
        if out.suffix == ".npz":
            _write_npz(embeddings, keys, partial, about)
        else:
            _write_parquet(embeddings, keys, partial, about)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _write_npz(embeddings: "Embeddings", keys: Columns, path: Path, about: Mapping[str, str]) -> None:
    import numpy as np

    arrays: dict[str, Any] = {name: np.array(values) for name, values in {**keys, **about}.items()}
    np.savez(path, embeddings=embeddings.values.numpy(), **arrays)


def _write_parquet(embeddings: "Embeddings", keys: Columns, path: Path, about: Mapping[str, str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    n, c, p = embeddings.values.shape
    flat = pa.array(embeddings.values.reshape(n * c * p).numpy())
    table = pa.table({**keys, "embedding": pa.FixedSizeListArray.from_arrays(flat, c * p)})
    facts = {**about, "channels": str(c), "parts": str(p)}
    pq.write_table(table.replace_schema_metadata(facts), path)
