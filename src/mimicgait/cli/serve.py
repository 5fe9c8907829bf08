"""`mimicgait serve`: the HTTP service and its web page."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from mimicgait.cli.console import complain
from mimicgait.cli.networks import check_device, check_silhouettes, choose_network, load_backbone
from mimicgait.errors import ConfigError
from mimicgait.serve.config import ServeConfig

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.serve import Keyring
    from mimicgait.serve.explorer import Explorer
    from mimicgait.serve.http.service import Service
    from mimicgait.serve.uploads import Scratch

PACKAGES = ("fastapi", "python_multipart", "prometheus_client", "uvicorn")


def serve(config: ServeConfig) -> None:
    """Serve an HTTP API and a web page: who walks in a video, how sure that is, and how much was seen.

    The service listens on this machine alone, and then needs no key. To be reached from elsewhere it must be
    given keys. Uploads are deleted after use; results are forgotten after some minutes. Ctrl-C ends it.

    Examples:
        mimicgait serve --gallery people.db           # then open http://127.0.0.1:8000
        mimicgait serve --gallery people.db --teacher pretrained:teacher    # with the explorer
        mimicgait serve --model runs/mimic --gallery people.db --calibration calibration.json --port 8080
        mimicgait api-key operator --file keys.txt --roles "[admin]"     # to be reached from elsewhere
        mimicgait serve --model runs/mimic --gallery people.db --host 0.0.0.0 --keys keys.txt
        curl -F file=@walk.npz http://127.0.0.1:8000/v1/identify
    """
    refuse_missing_extra()
    from mimicgait.serve import Keyring
    from mimicgait.serve.binding import refuse_open
    from mimicgait.serve.http.server import run

    check_device(config.device)
    keyring = Keyring.read(config.keys)
    refuse_open(config.host, bool(keyring))
    with ExitStack() as stack:
        service = build(config, keyring, stack)
        run(service, config.host, config.port, announce=complain)


def build(config: ServeConfig, keyring: "Keyring", stack: ExitStack) -> "Service":
    """Load the networks, open the gallery, and start the workers; the stack takes it all down again.

    Raises:
        CheckpointError, ConfigError, DataError: if something that was named cannot be used.
    """
    from mimicgait.cli.walks import Looker
    from mimicgait.gallery import Calibration, Gallery
    from mimicgait.serve.http.guard import local_hosts
    from mimicgait.serve.http.service import Service
    from mimicgait.serve.recognise import Recogniser
    from mimicgait.serve.uploads import Scratch

    model = choose_network(config.model, config.gallery, config.calibration)
    looker = Looker(model, config.visibility, config.device, config.trust)
    calibration = None if config.calibration is None else Calibration.load(config.calibration)
    scratch = Scratch(config.limits.scratch_bytes, config.keep_uploads)
    stack.callback(scratch.close)
    _refuse_other_sizes(looker.network, model, scratch)
    explorer = _explorer(config, looker.network, scratch)
    gallery = stack.enter_context(Gallery(config.gallery))
    service = Service.start(
        Recogniser(looker.observer, gallery, calibration, config.limits),
        scratch,
        config.limits,
        keyring=keyring,
        explorer=explorer,
        hosts=frozenset() if keyring else local_hosts([config.host, *config.names]),
    )
    stack.callback(service.jobs.close)
    return service


def refuse_missing_extra() -> None:
    """Refuse to go on where the packages of the service are not installed.

    Raises:
        ConfigError: with the command that installs them.
    """
    from importlib.util import find_spec

    missing = [name.replace("_", "-") for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the service needs {', '.join(missing)}, which this installation lacks: "
            "pip install 'mimicgait[serve]'"
        )


def _explorer(config: ServeConfig, mimic: "nn.Module", scratch: "Scratch") -> "Explorer | None":
    """Make the explorer, if there is a teacher."""
    if config.teacher is None:
        return None
    from mimicgait.data import SequenceStore
    from mimicgait.serve.explorer import Explorer, divide, own_walkers

    teacher = load_backbone(config.teacher, config.trust)
    teacher.to(config.device)
    if config.walkers is None:
        return Explorer(lambda: own_walkers(scratch.folder), teacher, mimic)
    store = SequenceStore(config.walkers)
    check_silhouettes(teacher, config.teacher, store)
    divide(store)  # a store that cannot be used is refused at the start, not when somebody asks
    return Explorer(lambda: store, teacher, mimic)


def _refuse_other_sizes(network: "nn.Module", model: Path, scratch: "Scratch") -> None:
    """Refuse a network that was made for silhouettes of another kind than those that uploads become."""
    from mimicgait.synth import SynthConfig, write_walkers

    config = SynthConfig(people=1, sequences=1, frames=2)
    store = write_walkers(scratch.folder / "check", config, workers=1, progress=False)
    check_silhouettes(network, model, store)
