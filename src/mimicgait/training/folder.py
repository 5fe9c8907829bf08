"""The run folder: configuration, environment, log, checkpoints and the trained model of one run."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mimicgait.errors import ConfigError, DataError
from mimicgait.evaluation.report import describe_machine, find_versions, hash_code

ENVIRONMENT_FILE = "environment.json"


class RunFolder:
    """Reads and writes one run folder; everything that must survive a crash is renamed into place.

    Layout: `config.yaml`, `environment.json`, `log.jsonl`, `checkpoints/<step>/`, `model/`.

    Raises:
        ConfigError: if the folder holds a run with other settings.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def model(self) -> Path:
        """Where the trained network is saved when the run has ended."""
        return self.path / "model"

    @property
    def log(self) -> Path:
        """The log: one JSON object a line, with `step`."""
        return self.path / "log.jsonl"

    def claim(self, config: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> None:
        """Create the folder for a run with these settings, or check that it holds that same run.

        Args:
            config: the settings.
            defaults: what settings are taken to have been that an older version did not write down.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / "config.yaml"
        if file.exists():
            self._check_same(file, config, defaults or {})
        else:
            replace_text(file, yaml.safe_dump(dict(config), sort_keys=False))

    def note_environment(self, fingerprint: str, seed: int) -> None:
        """Write down versions, states of the code, machine, data and seed.

        A run that is gone on with by another state of the code has both.
        """
        environment = {
            "versions": find_versions(),
            "code": list(dict.fromkeys([*self.codes(), hash_code()])),
            "machine": describe_machine(),
            "data": fingerprint,
            "seed": seed,
        }
        replace_text(self.path / ENVIRONMENT_FILE, json.dumps(environment, indent=2))

    def codes(self) -> list[str]:
        """Return the states of the code that have trained here; none if the run did not write them down."""
        file = self.path / ENVIRONMENT_FILE
        return list(json.loads(file.read_text()).get("code", ())) if file.exists() else []

    def _check_same(self, file: Path, config: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        found = yaml.safe_load(file.read_text())
        if not isinstance(found, dict):
            raise ConfigError(f"{file} is damaged; remove {self.path} or choose another --out")
        before = {**{k: v for k, v in defaults.items() if k in config}, **found}
        changed = sorted(k for k in {*before, *config} if before.get(k) != config.get(k))
        if changed:
            raise ConfigError(
                f"{self.path} holds a run with other settings ({', '.join(changed)}); "
                "choose another --out, or remove the folder to start again"
            )

    def last_checkpoint(self) -> tuple[int, Path] | None:
        """Return step and folder of the newest whole checkpoint, if there is one."""
        found = [p for p in self.path.glob("checkpoints/*") if p.name.isdigit()]
        return max(((int(p.name), p) for p in found), default=None)

    def scratch(self) -> Path:
        """Return an empty folder to write a checkpoint into before `keep` gives it its name."""
        scratch = self.path / "checkpoints" / "unfinished"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        return scratch

    def keep(self, scratch: Path, step: int) -> None:
        """Name a written checkpoint after its step, and drop all but the last two."""
        final = scratch.with_name(f"{step:07d}")
        shutil.rmtree(final, ignore_errors=True)
        scratch.rename(final)
        older = sorted(p for p in scratch.parent.glob("*") if p.name.isdigit())[:-2]
        for folder in older:
            shutil.rmtree(folder)

    def append(self, record: Mapping[str, float]) -> None:
        """Add one line to the log."""
        with self.log.open("a") as file:
            file.write(json.dumps(dict(record)) + "\n")

    def rewind(self, step: int) -> None:
        """Forget the lines of the log that come after a step: the resumed run writes them again."""
        kept = [r for r in self.records() if r["step"] <= step]
        replace_text(self.log, "".join(json.dumps(r) + "\n" for r in kept))

    def records(self) -> list[dict[str, float]]:
        """Return the lines of the log; a last line that a crash cut short is left out.

        Raises:
            DataError: if a line before the last cannot be read.
        """
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        records = []
        for i, line in enumerate(lines):
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                if i < len(lines) - 1:
                    raise DataError(f"{self.log}, line {i + 1} is damaged: {error}") from error
        return records


def replace_text(path: Path, text: str) -> None:
    """Write a file in one step: a crash leaves the old one or the new one."""
    scratch = path.with_name(path.name + ".tmp")
    scratch.write_text(text)
    scratch.replace(path)
