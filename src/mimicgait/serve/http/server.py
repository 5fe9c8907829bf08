"""The server process: Uvicorn, and where it listens."""

import socket
from collections.abc import Callable

import uvicorn

from mimicgait.errors import ConfigError
from mimicgait.serve.http.app import create_app
from mimicgait.serve.http.service import Service

MOST_CONNECTIONS = 512
KEEP_ALIVE_SECONDS = 10
SHUTDOWN_SECONDS = 5


def run(service: Service, host: str, port: int, *, announce: Callable[[str], None]) -> None:
    """Serve until somebody ends the process.

    Args:
        service: what to serve.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        announce: is told the address when the port is open.

    Raises:
        ConfigError: if nothing can listen there.
    """
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    keys = "API keys are needed" if service.keyring else "this machine only, no key needed"
    announce(f"http://{shown}:{listening.getsockname()[1]} ({keys}); Ctrl-C ends it")
    config = uvicorn.Config(
        create_app(service),
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Open a port.

    Raises:
        ConfigError: if it is taken, or the address is none of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(MOST_CONNECTIONS)
    except OSError as error:
        raise ConfigError(
            f"host and port: nothing can listen on {host}, {port} ({error.strerror}): choose others"
        ) from error
    return opened
