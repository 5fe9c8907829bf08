"""Fifty clients at once for a minute: does the service lose an enrolment, fail, or grow?

Run it as `python benchmarks/serve_load.py [FILE] [--seconds 60] [--clients 50]`. A real server process with a
tiny network of random weights; every client is a thread with a connection of its own that enrols a new
person, looks for them, verifies them, and removes every fourth. Afterwards everybody who was acknowledged is
looked up, the server is killed, and the gallery is opened again and compared: nobody may be missing, nobody
who was removed may be there. A client that is told to come again (503 or 429) does so, and is counted.
"""

import io
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import torch
from _result import command_line, give

from mimicgait import __version__
from mimicgait.gallery import Gallery
from mimicgait.models import MimicNetwork, VisibilityNetwork, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.synth import SynthConfig, generate

SEED, WALKS, WARM_UP_SHARE = 0, 8, 0.25
MOST_GROWTH_MIB = 100
"""That the server may grow by after a quarter of the time; what it keeps on purpose is bounded by then."""


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), given.seconds, given.clients)
    give(result, given.out)
    sys.exit(0 if result["passed"] else 1)


@dataclass
class Tally:
    """What all clients together have seen; written under a lock."""

    statuses: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    enrolled: dict[str, bool] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def measure(folder: Path, seconds: float, clients: int) -> dict[str, Any]:
    """Load a server, kill it, and look for everybody in what it leaves behind."""
    gallery = folder / "people.db"
    save_network(folder / "mimic")
    server, address = start(folder / "mimic", gallery)
    tally, memory = Tally(), []
    try:
        stop = time.monotonic() + seconds
        threads = [
            threading.Thread(target=client, args=(number, address, stop, tally)) for number in range(clients)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            memory.append((round(time.monotonic() - began, 1), resident(server.pid)))
            time.sleep(0.5)
        took = time.monotonic() - began
        listed = everybody(address)
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    with Gallery(gallery, key="", create=False) as opened:
        kept = {person.name for person in opened.people()}
    return summary(tally, memory, took, listed, kept, {"seconds": seconds, "clients": clients})


def client(number: int, address: str, stop: float, tally: Tally) -> None:
    """Enrol, identify, verify, and sometimes remove, until the time is up."""
    uploads = walks(number)
    turn = 0
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as http:
        while time.monotonic() < stop:
            name, data = f"client{number:02d}-{turn:05d}", uploads[turn % len(uploads)]
            fields = {"name": name, "consent": "a benchmark"}
            done = ask(http, tally, "enrol", "POST", "/v1/enrol", data=fields, files={"file": data})
            if done is not None and done.status_code == 200:
                with tally.lock:
                    tally.enrolled[name] = True
                ask(http, tally, "identify", "POST", "/v1/identify", files={"file": data})
                ask(http, tally, "verify", "POST", "/v1/verify", data={"name": name}, files={"file": data})
                if turn % 4 == 1:
                    gone = ask(http, tally, "remove", "DELETE", f"/v1/gallery/people/{name}")
                    with tally.lock:
                        tally.enrolled[name] = gone is None or gone.status_code != 200
            turn += 1


def ask(
    http: httpx.Client, tally: Tally, what: str, method: str, path: str, **content: Any
) -> httpx.Response | None:
    """Send one request, again when told to come again; note status, time and what went wrong."""
    while True:
        began = time.perf_counter()
        try:
            answer = http.request(method, path, **content)
        except httpx.HTTPError as error:
            with tally.lock:
                tally.errors.append(f"{what}: {error!r}")
            return None
        took = time.perf_counter() - began
        with tally.lock:
            tally.statuses[f"{what} {answer.status_code}"] += 1
            if answer.is_success:
                tally.seconds.setdefault(what, []).append(took)
            elif answer.status_code not in (429, 503):
                tally.errors.append(f"{what} {answer.status_code}: {answer.text[:200]}")
        if answer.status_code not in (429, 503):
            return answer
        time.sleep(float(answer.headers["retry-after"]))


def save_network(path: Path) -> None:
    """Write a tiny mimic of random weights: the service is measured, not the network."""
    torch.manual_seed(SEED)
    save_model(MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width=0.25)), path)


def start(model: Path, gallery: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the server on a free port, without a limit on how often one address asks."""
    words = ["serve", "--model", model, "--gallery", gallery, "--port", 0]
    words += ["--limits.rate", 1_000_000, "--limits.burst", 100_000]
    server = subprocess.Popen(
        [sys.executable, "-m", "mimicgait", *map(str, words)], stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    line = server.stderr.readline()
    found = re.match(r"http://\S+", line)
    if not found:
        raise SystemExit(line + server.stderr.read())
    return server, found[0]


def walks(number: int) -> list[bytes]:
    """Make a client's uploads: .npy files of walkers of its own."""
    config = SynthConfig(people=1, sequences=WALKS, frames=12, seed=SEED, start=number, faults=0.0)
    uploads = []
    for walk in generate(config):
        stream = io.BytesIO()
        np.save(stream, walk.frames)
        uploads.append(stream.getvalue())
    return uploads


def everybody(address: str) -> set[str]:
    """Ask the service for all names, page by page."""
    names: list[str] = []
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as http:
        while True:
            after = {"after": names[-1]} if names else {}
            page = http.get("/v1/gallery", params={"limit": 1000, **after}).json()["people"]
            names += [person["name"] for person in page]
            if not page:
                return set(names)


def resident(process: int) -> int:
    """Return the resident memory of a process in MiB, 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) >> 10


def summary(
    tally: Tally,
    memory: list[tuple[float, int]],
    took: float,
    listed: set[str],
    kept: set[str],
    setting: dict[str, Any],
) -> dict[str, Any]:
    """Say what was lost, what failed, how quick it was and how memory went."""
    expected = {name for name, there in tally.enrolled.items() if there}
    removed = {name for name, there in tally.enrolled.items() if not there}
    later = [mib for at, mib in memory if at >= WARM_UP_SHARE * took]
    lost = {"by_the_service": len(expected - listed), "after_the_kill": len(expected - kept)}
    back = {"by_the_service": len(removed & listed), "after_the_kill": len(removed & kept)}
    grown = max(later) - later[0] if later else 0
    sound = not tally.errors and not any(lost.values()) and not any(back.values())
    return {
        "benchmark": f"mimicgait serve under {setting['clients']} clients",
        "setting": setting,
        "passed": sound and grown <= MOST_GROWTH_MIB,
        "enrolled": len(tally.enrolled),
        "removed": len(removed),
        "lost": lost,
        "removed_and_still_there": back,
        "errors": {"count": len(tally.errors), "first": tally.errors[:5]},
        "statuses": dict(sorted(tally.statuses.items())),
        "requests_per_second": round(sum(tally.statuses.values()) / took, 1),
        "milliseconds": {what: spread(values) for what, values in sorted(tally.seconds.items())},
        "resident_mib": {"after_warm_up": later[0], "at_the_end": later[-1], "most": max(later)}
        if later
        else {},
        "machine": {
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "versions": {"mimicgait": __version__, "torch": torch.__version__},
        "seed": SEED,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def spread(seconds: list[float]) -> dict[str, float]:
    """Return median, 95th percentile and maximum in milliseconds."""
    ordered = sorted(1000 * value for value in seconds)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "most": round(ordered[-1], 1),
    }


if __name__ == "__main__":
    main()
