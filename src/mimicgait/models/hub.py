"""Networks on the Hugging Face Hub: a checkpoint folder is a repository, loaded as safely as one on disk."""

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from mimicgait import __version__
from mimicgait.errors import CheckpointError
from mimicgait.models.card import CARD, LIBRARY, UNSTATED, CardResult, licence_of, model_card
from mimicgait.models.checkpoint import CONFIG, WEIGHTS, load_model, model_hash, read_info, write_checkpoint


def from_pretrained(
    source: str | Path, *, revision: str | None = None, trust: Sequence[str] = (), token: str | None = None
) -> nn.Module:
    """Load a network from a repository of the Hugging Face Hub, or from a folder; see `load_model`.

    Weights are safetensors and settings JSON: no code of the repository is run, and only classes of this
    package, and of the packages in `trust`, are built. What was loaded once is found again without a network
    connection, in the Hub's own cache. `HF_ENDPOINT` names another Hub than huggingface.co.

    Args:
        source: `USER/NAME`, or a folder; a folder goes first.
        revision: branch, tag or commit; give a commit to get the same weights for ever.
        trust: packages whose networks may be built.
        token: for private repositories; that of `hf auth login` if not given.

    Raises:
        CheckpointError: if it cannot be had, or as `load_model` does.
    """
    folder = Path(source)
    if not folder.is_dir():
        folder = _download(str(source), (CONFIG, WEIGHTS), revision, token)
    return load_model(folder, trust=trust)


def pull_from_hub(
    source: str,
    out: str | Path,
    *,
    revision: str | None = None,
    trust: Sequence[str] = (),
    token: str | None = None,
) -> None:
    """Copy a repository of the Hub to a checkpoint folder, once it has been shown to load.

    Args:
        source: `USER/NAME`.
        out: the folder; it must not exist.
        revision, trust, token: as for `from_pretrained`.

    Raises:
        CheckpointError: if it cannot be had or written, if `out` exists, or as `load_model` does.
    """
    out = Path(out)
    if out.exists():
        raise CheckpointError(f"{out} exists; choose another folder or remove it")
    folder = _download(source, (CONFIG, WEIGHTS), revision, token)
    load_model(folder, trust=trust)
    card = _fetch(source, CARD, revision, token)
    files = {CONFIG: folder / CONFIG, WEIGHTS: folder / WEIGHTS, **({CARD: card} if card else {})}
    write_checkpoint(out, {name: file.read_bytes() for name, file in files.items()})
    if card is None:
        write_card(out)


def push_to_hub(
    path: str | Path, repository: str, *, private: bool = False, message: str = "", token: str | None = None
) -> str:
    """Publish a checkpoint as a repository of the Hugging Face Hub; older versions stay in its history.

    Args:
        path: the folder that `save_model` wrote.
        repository: `USER/NAME`; it is made if it is not there.
        private: whether a new repository is private.
        message: of the commit.
        token: with the right to write; that of `hf auth login` if not given.

    Returns:
        The address of the commit.

    Raises:
        CheckpointError: if the checkpoint is not whole, its card is of other weights or states no licence, or
            the Hub refuses.
    """
    from huggingface_hub import HfApi

    path = Path(path)
    _check_publishable(path)
    api = HfApi(token=token, library_name="mimicgait", library_version=__version__)
    try:
        api.create_repo(repository, private=private, exist_ok=True)
        commit = api.upload_folder(
            repo_id=repository,
            folder_path=path,
            allow_patterns=[CONFIG, WEIGHTS, CARD],
            commit_message=message or f"Upload {read_info(path).blueprint['class'].rpartition('.')[2]}",
        )
    except Exception as error:  # the client's own errors, its HTTP library's, and the system's
        raise CheckpointError(
            f"{repository} cannot be written on {api.endpoint}: {_reason(error)}"
        ) from error
    return str(commit.commit_url)


def write_card(path: str | Path, *, licence: str | None = None, results: Sequence[CardResult] = ()) -> None:
    """Write the model card of a checkpoint again, with a licence and with what was measured.

    Raises:
        CheckpointError: if there is no checkpoint, or its page is somebody's own.
    """
    path = Path(path)
    info, network_hash, file = read_info(path), model_hash(path), path / CARD
    if file.exists() and LIBRARY not in file.read_text():
        raise CheckpointError(f"{file} was not made by mimicgait: rename it, or edit it yourself")
    card = model_card(
        info.blueprint,
        info.metadata,
        sha256=info.sha256,
        network_hash=network_hash,
        licence=licence,
        results=results,
    )
    partial = path / f".{CARD}.partial"
    try:
        partial.write_text(card)
        partial.replace(file)
    except OSError as error:
        raise CheckpointError(f"{file} cannot be written: {error.strerror or error}") from error


def _check_publishable(path: Path) -> None:
    """Refuse to publish a damaged checkpoint, one whose card is of another, or one without a licence."""
    network_hash, card = model_hash(path), path / CARD
    text = card.read_text() if card.exists() else ""
    if network_hash not in text:
        raise CheckpointError(
            f"{card} is missing or of other weights (it does not name {network_hash[:12]}...): write it with "
            f"`mimicgait hub card {path} --licence NAME`"
        )
    if licence_of(text) == UNSTATED:
        raise CheckpointError(
            f"{card} states no licence: choose one that the licence of the training data allows, with "
            f"`mimicgait hub card {path} --licence NAME`, such as apache-2.0 or cc-by-nc-4.0"
        )


def _download(source: str, names: Sequence[str], revision: str | None, token: str | None) -> Path:
    """Fetch files of a repository into the Hub's cache and return the folder that they lie in."""
    files = [_fetch(source, name, revision, token) for name in names]
    missing = [name for name, file in zip(names, files, strict=True) if file is None]
    if missing:
        raise CheckpointError(f"{source} is no network of mimicgait: it has no {', '.join(missing)}")
    (folder,) = {file.parent for file in files if file is not None}
    return folder


def _fetch(source: str, name: str, revision: str | None, token: str | None) -> Path | None:
    """Fetch one file of a repository, or find it in the cache; None if the repository does not have it."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RemoteEntryNotFoundError

    try:
        file = hf_hub_download(source, name, revision=revision, token=token, library_name="mimicgait")
        return Path(file)
    except HFValidationError as error:
        raise CheckpointError(f"{source} is neither a folder nor a name such as USER/NAME") from error
    except RemoteEntryNotFoundError:
        return None
    except LocalEntryNotFoundError as error:
        raise CheckpointError(f"{source} is not in the cache, and the Hub cannot be reached") from error
    except Exception as error:  # the client's own errors, its HTTP library's, and the system's
        raise CheckpointError(f"{source} cannot be had from the Hub: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Give the first line of an error that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
