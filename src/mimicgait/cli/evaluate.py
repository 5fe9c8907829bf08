"""`mimicgait evaluate`: what a network is worth on complete and on occluded people, as a report."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mimicgait.cli.console import complain, say, watched
from mimicgait.cli.networks import check_device, load_fitting
from mimicgait.cli.published import (
    RESULT,
    export_scores,
    judge_networks,
    open_protocol,
    refuse_submission,
    table,
    warn_of_others,
    write_result,
)
from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.training.config import OcclusionConfig, as_plain

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.data import Partition, SequenceStore
    from mimicgait.evaluation import DatasetProtocol, Protocol
    from mimicgait.evaluation.report import Settings
    from mimicgait.evaluation.suite import Findings
    from mimicgait.models import VisibilityNetwork

Networks = tuple["nn.Module", Mapping[str, "nn.Module"]]
"""The teacher, and the others by name."""


@dataclass(frozen=True, kw_only=True)
class EvaluateConfig:
    """What is examined, and how.

    Args:
        model: run folder or model folder of the network that the report is about.
        store: people whom no network was trained or tuned on.
        out: the folder of the report.
        teacher: the network whose score on complete sequences is 100 %; the model itself if not given.
        against: other networks by name, for comparison; they need a teacher.
        occlusion: what hides gallery and probes in the headline.
        seeds: of the occlusion; the spread is over these.
        protocol: a data set's published protocol (see `mimicgait protocols`), or a .yaml file with your own.
        condition: which of the protocol's conditions the curves and tables are of; the first if not given.
        sweeps: make the curves by type and amount, the tables and the failures; without them, with a
            protocol, only its numbers.
        scores: a folder for genuine and impostor scores of complete sequences, for other tools.
        cache: a folder where signatures are kept, so that what was worked out once is not worked out again.
        sweep_people: how many people the curves by type and amount take; all if not given.
        amounts: hidden shares of the curve by amount.
        gallery: types of the known sequences, with * for anything; those of the walkers if not given.
        probe: types of the sequences that ask.
        partition: a partition file, or your own lists as .csv or .yaml: probes and gallery one by one.
        device: where to run: cpu, cuda, mps.
        precision: bfloat16 is quicker where the hardware multiplies it natively.
        batch_frames: most frames in a batch; less needs less memory.
        trust: packages of yours whose networks may be built from a checkpoint.
        overwrite: replace a report that is there.
    """

    model: Path
    store: Path
    out: Path
    teacher: Path | None = None
    against: dict[str, Path] = field(default_factory=dict)
    occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)
    seeds: tuple[int, ...] = (0, 1, 2)
    protocol: str = ""
    condition: str = ""
    sweeps: bool = True
    scores: Path | None = None
    cache: Path | None = None
    sweep_people: int | None = None
    amounts: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    gallery: tuple[str, ...] = ()
    probe: tuple[str, ...] = ()
    partition: Path | None = None
    device: str = "cpu"
    precision: Literal["float32", "bfloat16"] = "float32"
    batch_frames: int = 1024
    trust: tuple[str, ...] = ()
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.against and self.teacher is None:
            raise ConfigError("against: networks are compared with a teacher, so say --teacher as well")
        if self.model.name in self.against:
            raise ConfigError(
                f"against: {self.model.name!r} is what the model itself is called: choose another name"
            )
        if self.partition and (self.gallery or self.probe):
            raise ConfigError(
                "partition: say who is gallery and probe by a partition or by types, not by both"
            )
        if self.protocol and (self.gallery or self.probe):
            raise ConfigError("protocol: it says who is gallery and probe; leave out --gallery and --probe")
        if not self.protocol and (self.condition or self.scores or not self.sweeps):
            raise ConfigError("condition, scores and sweeps: they belong to a protocol: say --protocol too")
        if any((self.out / name).exists() for name in ("report.json", RESULT)) and not self.overwrite:
            raise ConfigError(f"{self.out}: holds a report: choose another folder, or say --overwrite")


def evaluate(config: EvaluateConfig) -> None:
    """Identify people, complete and occluded, and write report.json, report.md and report.html.

    The report has rank-1 and its like with their spread over the seeds, the relative performance under
    occlusion (RP) and the retention on complete sequences (HPR), both against the teacher; the same by type
    and amount of occlusion; and the failures. Every occlusion follows from (sequence, seed): the same command
    gives the same numbers.

    Examples:
        mimicgait evaluate --model runs/mimic --teacher runs/teacher --store walkers/test --out report
        mimicgait evaluate ... --against "{Baseline-2: runs/baseline2}"   # one more line in every table
        mimicgait evaluate ... --gallery "[nm-01, nm-02]" --probe "[bg-*, cl-*]"
        mimicgait evaluate ... --partition Gait3D.json                    # its PROBE_SET and GALLERY_SET
        mimicgait evaluate ... --protocol casia-b --sweeps false          # NM, BG, CL as papers mean them
        mimicgait evaluate ... --protocol gait3d --partition Gait3D.json --cache signatures
        mimicgait evaluate ... --occlusion.types "[middle]" --sweep_people 40
    """
    from mimicgait.data import SequenceStore, load_partition
    from mimicgait.evaluation.cache import DiskCache

    check_device(config.device)
    store = SequenceStore(config.store)
    partition = load_partition(config.partition, store.keys) if config.partition else None
    options: dict[str, Any] = {
        "device": config.device,
        "precision": config.precision,
        "batch_frames": config.batch_frames,
        "progress": watched(),
        "cache": DiskCache(config.cache) if config.cache else None,
    }
    if not config.protocol:
        examine_all(config, store, choose_protocol(config, partition), load_all(config, store), options)
        return
    dataset, tested = open_protocol(config.protocol, store, partition)
    refuse_submission(dataset)
    rule = dataset.condition(config.condition)
    networks = load_all(config, tested)
    for note in warn_of_others(store, tested):
        complain(note)
    follow_protocol(config, tested, dataset, networks, partition.test if partition else (), options)
    if config.sweeps:
        examine_all(config, tested, rule, networks, options)


def follow_protocol(
    config: EvaluateConfig,
    store: "SequenceStore",
    protocol: "DatasetProtocol",
    networks: Networks,
    expected: Collection[str],
    options: Mapping[str, Any],
) -> None:
    """Judge all networks in every condition of a protocol, and write `protocol.json` and scores if asked."""
    from mimicgait.evaluation.suite import TEACHER
    from mimicgait.training.build import build_occlusion

    teacher, students = networks
    named = {TEACHER if students else config.model.name: teacher, **students}
    result = judge_networks(
        named,
        store,
        protocol,
        occlusion=build_occlusion(config.occlusion),
        seeds=config.seeds,
        expected=expected,
        options=options,
    )
    say(f"{table(result)}\n{write_result(result, config.out)}")
    if config.scores:
        say("\n".join(export_scores(list(named.values())[-1], store, protocol, config.scores, options)))


def examine_all(
    config: EvaluateConfig,
    store: "SequenceStore",
    protocol: "Protocol",
    networks: Networks,
    options: Mapping[str, Any],
) -> None:
    """Examine all networks by one protocol, and write the report."""
    from mimicgait.evaluation.report import Report, write_report
    from mimicgait.evaluation.suite import SuiteConfig, examine
    from mimicgait.training.build import build_occlusion

    begun = time.monotonic()
    suite = SuiteConfig(
        occlusion=build_occlusion(config.occlusion),
        seeds=config.seeds,
        sweep_people=config.sweep_people,
        amounts=config.amounts,
    )
    teacher, students = networks
    ven = visibility_of([teacher, *students.values()][-1])
    findings = examine(teacher, students, store, ven=ven, config=suite, protocol=protocol, **options)
    settings = describe_run(config, store, time.monotonic() - begun)
    report = Report(title=f"{config.model} on {store.name}", findings=findings, settings=settings)
    page = write_report(report, config.out)
    say(f"{headline(findings)}\n{page}")


def load_all(config: EvaluateConfig, store: "SequenceStore") -> Networks:
    """Load the teacher, and the others by name, the model that the report is about last.

    Raises:
        ConfigError: if one of them was trained on silhouettes of another kind than the store's.
    """
    if config.teacher is None:
        return load_fitting(config.model, store, config.trust), {}
    paths = {**config.against, config.model.name: config.model}
    students = {name: load_fitting(path, store, config.trust) for name, path in paths.items()}
    return load_fitting(config.teacher, store, config.trust), students


def choose_protocol(config: EvaluateConfig, partition: "Partition | None" = None) -> "Protocol":
    """Say which sequences are gallery and probes: by types, by a partition file, or as for walkers.

    Raises:
        ProtocolError: if the partition names neither.
    """
    from mimicgait.evaluation import WALKERS, Protocol

    if config.partition is not None and partition is not None:
        if partition.probe is None and partition.gallery is None:
            raise ProtocolError(
                f"{config.partition}: has no PROBE_SET or GALLERY_SET: say --gallery and --probe by type"
            )
        return Protocol(
            name=config.partition.name, gallery_keys=partition.gallery, probe_keys=partition.probe
        )
    if config.gallery or config.probe:
        return Protocol(name="by type", gallery=config.gallery, probe=config.probe)
    return WALKERS


def visibility_of(network: "nn.Module") -> "VisibilityNetwork | None":
    """Take the VEN out of a network that is guided by one; None if there is none."""
    from mimicgait.models import Frozen, VisibilityNetwork

    frozen = getattr(network, "visibility", None)
    ven = frozen.module if isinstance(frozen, Frozen) else None
    return ven if isinstance(ven, VisibilityNetwork) else None


def describe_run(config: EvaluateConfig, store: "SequenceStore", seconds: float) -> "Settings":
    """Collect what made the report."""
    from mimicgait.evaluation.report import Settings, describe_machine, find_versions

    plain: dict[str, Any] = as_plain(config)
    return Settings(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command="mimicgait evaluate, with the settings below",
        seed=config.seeds[0],
        config=plain,
        data={store.name: {"licence": store.licence, "fingerprint": store.fingerprint}},
        versions=find_versions(),
        machine=describe_machine(),
        durations={"evaluation": round(seconds, 1)},
    )


def headline(findings: "Findings") -> str:
    """Say in a line for each network what it reached, in %."""
    lines = [f"{'rank-1 in %':<24}{'complete':>10}{'occluded':>10}{'RP':>7}{'HPR':>7}"]
    lines += [
        f"{found.method:<24}{100 * found.clean.rank1:>10.1f}{100 * found.occluded.rank1:>10.1f}"
        f"{found.rp():>7.2f}{found.hpr():>7.2f}"
        for found in findings.comparisons
    ]
    return "\n".join(lines)
