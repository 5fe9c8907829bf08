"""A real server process, and a client of it that waits for jobs."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


class Served:
    """A running service: its process, its address, a client."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self.client = httpx.Client(base_url=address, timeout=120, trust_env=False)

    def finish(self, answer: httpx.Response) -> dict:
        """Wait for the end of the job that a request became."""
        assert answer.status_code in (200, 202), answer.text
        job = answer.json()
        deadline = time.monotonic() + 240
        while job["state"] in ("queued", "running"):
            assert time.monotonic() < deadline, job
            time.sleep(0.2)
            job = self.client.get(f"/v1/jobs/{job['id']}").json()
        return job

    def kill(self) -> None:
        """End the process at once, without a chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def served(model: Path, gallery: Path, *words: object) -> Iterator[Served]:
    """Start `mimicgait serve` on a free port, and end it afterwards."""
    command = [
        sys.executable,
        "-m",
        "mimicgait",
        "serve",
        "--model",
        model,
        "--gallery",
        gallery,
        "--port",
        0,
    ]
    process = subprocess.Popen(
        [*map(str, command), *map(str, words)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        line = process.stderr.readline()
        found = re.match(r"http://\S+", line)
        assert found, line + process.stderr.read()
        running = Served(process, found[0])
        with running.client:
            yield running
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stderr.close()
