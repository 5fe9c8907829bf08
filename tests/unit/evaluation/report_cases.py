"""A report of made-up numbers that look like a real one."""

import numpy as np
from evaluation_cases import walker

from mimicgait.evaluation.comparison import Comparison, Sweep
from mimicgait.evaluation.cross import CrossTable
from mimicgait.evaluation.report import Report, Settings, VideoSection, VideoTrack
from mimicgait.evaluation.score import Figures, Score, Setting
from mimicgait.evaluation.specimens import Failure, Specimen
from mimicgait.evaluation.suite import Findings
from mimicgait.evaluation.visibility import VisibilityEstimate
from mimicgait.occlusion import paper_mixture
from mimicgait.types import SequenceKey

METHODS = ("Baseline-1 (teacher)", "Baseline-2", "MimicGait")
COMPLETE = (0.801, 0.463, 0.612)
OCCLUDED = (0.140, 0.162, 0.305)
TYPES = ("top", "bottom", "middle", "moving patch", "moving pole", "changing")


def setting(side="neither", seeds=(), people=150):
    return Setting(
        protocol="walkers",
        data="walkers small, test",
        fingerprint="0123abcd",
        people=people,
        gallery=4 * people,
        probes=4 * people,
        distance="PartwiseEuclidean",
        absent="error",
        side=side,
        occlusion=None if side == "neither" else paper_mixture().config,
        seeds=tuple(seeds),
    )


def score(rank1, side="neither", seeds=(), people=150):
    runs = []
    for i in range(max(1, len(seeds))):
        value = min(1.0, max(0.0, rank1 + 0.008 * (i - (len(seeds) - 1) / 2) * bool(seeds)))
        cmc = tuple(1 - (1 - value) * np.exp(-np.arange(50) / 9))
        runs.append(Figures(value, cmc[4], cmc[19], value * 0.8, value * 0.4, min(1, value * 1.4), cmc))
    return Score(setting(side, seeds, people), tuple(runs))


def comparisons(seeds=(0, 1, 2)):
    holistic = score(COMPLETE[0])
    return tuple(
        Comparison(
            method=method, holistic=holistic, clean=score(clean), occluded=score(occluded, "both", seeds)
        )
        for method, clean, occluded in zip(METHODS, COMPLETE, OCCLUDED, strict=True)
    )


def sweeps(axis, labels, share):
    holistic = score(COMPLETE[0])
    found = []
    for i, (method, clean) in enumerate(zip(METHODS, COMPLETE, strict=True)):
        values = {label: share(i, clean, j) for j, label in enumerate(labels)}
        scores = {label: score(value, "both", (0,)) for label, value in values.items()}
        found.append(Sweep(method=method, axis=axis, holistic=holistic, clean=score(clean), scores=scores))
    return tuple(found)


def specimen(subject, kind="nm-03", amount=0.5):
    frames = walker(subject, 0, 8)
    visible = np.ones(frames.shape, bool)
    visible[:, : round(64 * amount)] = False
    return Specimen(SequenceKey(f"p{subject:05d}", kind, "054"), frames, visible, frames * visible, amount)


def table(method, gallery, low):
    cases = ("complete", "top", "bottom", "top or bottom")
    rank1 = np.full((len(gallery), 4), low)
    rank1[range(4), range(4)] = (0.61, 0.51, 0.50, 0.30)
    return CrossTable(method, gallery, cases, rank1, np.zeros_like(rank1), (0,))


def findings(seeds=(0, 1, 2)):
    cases = ("complete", "top", "bottom", "top or bottom")
    true = np.linspace(0.4, 0.6, 60)
    return Findings(
        comparisons=comparisons(seeds),
        types=sweeps("type", TYPES, lambda i, clean, j: clean * (0.2 + 0.15 * i) * (1 + 0.3 * (j % 3))),
        amounts=sweeps(
            "amount of paper",
            [f"{a / 10:g}" for a in range(9)],
            lambda i, clean, j: clean * np.exp(-((j / (3 + i)) ** 2)),
        ),
        tables=(
            table(METHODS[0], cases, 0.02),
            table(METHODS[2], (*cases, "complete (teacher)"), 0.025),
        ),
        visibility=VisibilityEstimate(
            ("none", "top", "bottom"),
            ("none", "top", "bottom"),
            np.array([[12040, 3, 10], [1, 12110, 8], [22, 0, 11806]]),
            0.00071,
            true,
            true + 0.02 * np.sin(np.arange(60)),
        ),
        specimens={name: specimen(i, amount=0.4 + 0.03 * i) for i, name in enumerate(TYPES)},
        failures=tuple(
            Failure(specimen(i), specimen(i + 1, "nm-01"), specimen(i, "nm-01"), 4.1 + i, 6.3 + i)
            for i in range(3)
        ),
    )


def histories():
    rng = np.random.default_rng(0)
    logs = {}
    for stage in ("teacher", "visibility network", "Baseline-2", "MimicGait"):
        steps = range(10, 610, 10)
        log = [{"step": s, "loss": 4 * np.exp(-s / 200) + 0.1 * rng.random(), "lr": 0.1} for s in steps]
        names = ("accuracy", "amount_mse") if stage == "visibility network" else ("clean", "occluded")
        log += [
            {"step": s, f"validation/{names[0]}": 1 - np.exp(-s / 200), f"validation/{names[1]}": s / 3000}
            for s in range(100, 700, 100)
        ]
        logs[stage] = log
    return logs


def video():
    t = 90
    kind = np.zeros(t, int)
    kind[50:70] = 2
    track = VideoTrack(
        name="person 1",
        silhouettes=np.concatenate([walker(3, i, 10) for i in range(9)]),
        seconds=np.arange(t) / 30,
        kinds=("none", "top", "bottom"),
        kind=kind,
        amount=np.where(kind == 2, 0.4, 0.03),
        dropped={"cut by the edge of the picture": 12, "too small": 3},
    )
    return VideoSection(
        name="demo.mp4",
        source="From the package sports2d, BSD-3 licence.",
        tracks=(track,),
        dropped={"nobody found": 31},
    )


def report(seeds=(0, 1, 2)):
    return Report(
        title="Who is it, when half of the person is hidden?",
        findings=findings(seeds),
        histories=histories(),
        video=video(),
        settings=Settings(
            created="2026-01-02T03:04:05",
            command="mimicgait demo --out runs/demo",
            seed=0,
            config={"teacher": {"lr": 0.1, "steps": 600}},
            data={"test": {"name": "walkers", "licence": "CC0", "fingerprint": "0123abcd"}},
            versions={"python": "3.11.9", "torch": "2.13.0"},
            machine={"processor": "a made-up one <&>", "cores": "2"},
            durations={"walkers": 62.0, "teacher": 300.0, "MimicGait": 404.0},
        ),
    )
