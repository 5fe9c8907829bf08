"""Where the service listens: on this machine alone, unless there are keys."""

import ipaddress

from mimicgait.errors import ConfigError


def is_local(host: str) -> bool:
    """Tell whether only this machine reaches an address.

    >>> [is_local(host) for host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "10.0.0.1")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open(host: str, has_keys: bool) -> None:
    """Refuse to be reached from elsewhere by whoever likes.

    Raises:
        ConfigError: saying how to make a key.
    """
    if not has_keys and not is_local(host):
        raise ConfigError(
            f"host: {host} can be reached from other machines, and there are no API keys: make one with "
            "`mimicgait api-key NAME --file keys.txt` and say --keys keys.txt, or listen on 127.0.0.1"
        )
