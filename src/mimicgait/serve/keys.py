"""API keys: only their hashes are kept, and comparing takes the same time for every key."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mimicgait.errors import ConfigError, suggest

VARIABLE = "MIMICGAIT_API_KEYS"
"""The environment variable that may hold the lines of a key file, separated by line ends or semicolons."""

PREFIX = "mg_"
_LINE = re.compile(r"(?P<name>[\w.@-]{1,64})\s+(?P<roles>[a-z,]+)\s+sha256:(?P<digest>[0-9a-f]{64})")


class Role(StrEnum):
    """What a key allows: to ask who somebody is, to enrol people, or everything, removal and export too."""

    IDENTIFY = "identify"
    ENROL = "enrol"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that is known: the name of its holder, what it allows, the SHA-256 of the key in hexadecimal.

    The keys are 256 random bits, so that nothing slower than SHA-256 is needed to keep them secret.
    """

    name: str
    roles: frozenset[Role]
    digest: str

    def allows(self, role: Role) -> bool:
        """Tell whether a role is among those of this key; an administrator has them all."""
        return role in self.roles or Role.ADMIN in self.roles

    def line(self) -> str:
        """Write the key down as a key file has it."""
        return f"{self.name} {','.join(sorted(self.roles))} sha256:{self.digest}"


LOCAL = ApiKey("local", frozenset(Role), "")
"""Who asks a service that has no keys and is bound to this machine."""


class Keyring:
    """The keys of a service.

    Args:
        keys: none means that whoever reaches the service may do everything.

    Raises:
        ConfigError: if two keys have the same name or the same hash.
    """

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self.keys = tuple(keys)
        for values in ([key.name for key in self.keys], [key.digest for key in self.keys]):
            if len(set(values)) != len(values):
                raise ConfigError(
                    "two API keys have the same name or are the same: give each holder their own"
                )

    def __bool__(self) -> bool:
        return bool(self.keys)

    def find(self, presented: str) -> ApiKey | None:
        """Find a key that a client presents; every key is compared, each in constant time."""
        digest = digest_of(presented)
        found = None
        for key in self.keys:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    @classmethod
    def read(cls, file: Path | None = None) -> "Keyring":
        """Collect the keys of a file and those in the environment (`MIMICGAIT_API_KEYS`).

        Raises:
            ConfigError: if the file cannot be read or a line is none of a key.
        """
        inherited = parse_keys(os.environ.get(VARIABLE, "").replace(";", "\n"), VARIABLE)
        return cls([*([] if file is None else read_keys(file)), *inherited])


def read_keys(file: Path) -> list[ApiKey]:
    """Read a key file; see `parse_keys`.

    Raises:
        ConfigError: if it cannot be read or a line is none of a key.
    """
    try:
        return parse_keys(file.read_text(), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read ({error}): make it with mimicgait api-key") from error


def parse_keys(text: str, source: str) -> list[ApiKey]:
    """Read lines `NAME ROLE,ROLE sha256:HASH`; empty lines and those that begin with # are passed over.

    Raises:
        ConfigError: naming source and line; what stands in the line is not repeated.

    >>> [key] = parse_keys(f"# cameras\\nentrance identify sha256:{'0' * 64}", "keys.txt")
    >>> key.name, sorted(key.roles)
    ('entrance', [<Role.IDENTIFY: 'identify'>])
    """
    keys = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ConfigError(
                f"{source}: line {number} is no key: expected NAME ROLE[,ROLE] sha256:HASH, as "
                "mimicgait api-key writes it (a key itself never stands in a key file)"
            )
        roles = parse_roles(match["roles"].split(","), f"{source}: line {number}")
        keys.append(ApiKey(match["name"], roles, match["digest"]))
    return keys


def parse_roles(names: Sequence[str], where: str = "roles") -> frozenset[Role]:
    """Turn names into roles.

    Raises:
        ConfigError: if there is none, or one is unknown.
    """
    known = {role.value: role for role in Role}
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        raise ConfigError(f"{where}: no role {', '.join(wrong) or 'at all'!r}: {suggest('', known)}")
    return frozenset(known[name] for name in names)


def new_api_key(name: str, roles: Sequence[str]) -> tuple[str, ApiKey]:
    """Make a key of 256 random bits; return it, to be handed over once, and what is to be kept of it.

    Raises:
        ConfigError: if the name has other characters than letters, digits and `.@_-`, or a role is unknown.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(name, parse_roles(tuple(roles)), digest_of(secret))
    if _LINE.fullmatch(key.line()) is None:
        raise ConfigError(f"name: expected 1 to 64 letters, digits or . @ _ -, got {name[:80]!r}")
    return secret, key


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a key in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
