"""`mimicgait api-key`: a key for the HTTP service."""

import os
from pathlib import Path
from typing import Literal

from mimicgait.cli.console import complain, say
from mimicgait.errors import ConfigError


def api_key(
    name: str, *, file: Path, roles: tuple[Literal["identify", "enrol", "admin"], ...] = ("identify",)
) -> None:
    """Make an API key for `mimicgait serve`: the key is shown once, and its hash goes into the key file.

    A key that is lost cannot be had again: take its line out of the file and make another one.

    Examples:
        mimicgait api-key entrance --file keys.txt                             # may ask who somebody is
        mimicgait api-key reception --file keys.txt --roles "[identify, enrol]"
        mimicgait api-key operator --file keys.txt --roles "[admin]"           # may do everything
        mimicgait serve --model runs/mimic --gallery people.db --keys keys.txt

    Args:
        name: of the holder: a camera, a desk, a program. It stands in the service's log.
        file: the key file; it is made, or a line is added.
        roles: identify, enrol, admin; an administrator may list, remove and export too.
    """
    from mimicgait.serve.keys import new_api_key, read_keys

    before = read_keys(file) if file.exists() else []
    secret, key = new_api_key(name, roles)
    if any(known.name == name for known in before):
        raise ConfigError(
            f"{file}: {name} has a key already: take that line out first, or choose another name"
        )
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as stream:
        stream.write(f"{key.line()}\n")
    say(secret)
    complain(f"{file}: {name} may {', '.join(sorted(key.roles))}; the key above is not kept anywhere")
