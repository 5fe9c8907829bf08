"""`mimicgait train STAGE`: the settings of each are its configuration's own."""

from pathlib import Path

from mimicgait.cli.console import say
from mimicgait.training.baselines import Baseline2Config, train_baseline2
from mimicgait.training.classifier import ClassifierConfig, train_classifier
from mimicgait.training.distill import MimicConfig, train_mimic
from mimicgait.training.gaitkd import GaitKDConfig, train_gaitkd
from mimicgait.training.guided import GuidedConfig, train_guided
from mimicgait.training.plus import MimicPlusConfig, train_plus
from mimicgait.training.residual import RGGaitConfig, train_rggait
from mimicgait.training.teacher import TeacherConfig, train_teacher
from mimicgait.training.visibility import VisibilityConfig, train_visibility


def teacher(config: TeacherConfig) -> None:
    """Train a teacher: a gait backbone on complete sequences, with triplet loss and cross-entropy.

    The run folder holds the settings, the log, the checkpoints and, at the end, the network. A run that was
    interrupted goes on when the same command is given again.

    Examples:
        mimicgait train teacher --train walkers/train --validation walkers/val --out runs/teacher
        mimicgait train teacher --config teacher.yaml --optimizer.lr 0.05 --loop.steps 2000
        mimicgait train teacher ... --backbone.args.width small        # a quarter of GaitBase's width
        mimicgait train teacher ... --backbone.name my_package.MyNet   # any module that gives [n, c, p]
        mimicgait train teacher ... --print_config > teacher.yaml      # write the settings down
    """
    tell(train_teacher(config))


def ven(config: VisibilityConfig) -> None:
    """Train a VEN: the visibility network, which tells for each frame what is hidden, and how much.

    Examples:
        mimicgait train ven --train walkers/train --validation walkers/val --out runs/ven
        mimicgait train ven ... --occlusion.types "[top, bottom, middle]"
    """
    tell(train_visibility(config))


def classifier(config: ClassifierConfig) -> None:
    """Train a classifier of occlusion types: a VEN that does not tell how much is hidden.

    It guides the rivals of a mimic: Occlusion-Aware, and MimicGait guided by types alone.

    Examples:
        mimicgait train classifier --train walkers/train --validation walkers/val --out runs/classifier
    """
    tell(train_classifier(config))


def mimic(config: MimicConfig) -> None:
    """Train a mimic: a network that sees occluded sequences and learns the teacher's complete signatures.

    Examples:
        mimicgait train mimic --teacher runs/teacher --visibility runs/ven --train walkers/train \\
            --validation walkers/val --out runs/mimic
        mimicgait train mimic ... --occlusion.amount "[0.2, 0.4]"
    """
    tell(train_mimic(config))


def plus(config: MimicPlusConfig) -> None:
    """Train MimicPlus: every strip in its place, learned and compared only where it is seen.

    It knows complete sequences as well as its teacher does, and finds a hidden walk among complete ones.

    Examples:
        mimicgait train plus --teacher runs/teacher --visibility runs/ven --train walkers/train \\
            --validation walkers/val --out runs/plus
        mimicgait train plus ... --placed false                        # what the placing brings
    """
    tell(train_plus(config))


def baseline2(config: Baseline2Config) -> None:
    """Train Baseline-2: the teacher's network and losses on occluded sequences, without distillation.

    Examples:
        mimicgait train baseline2 --train walkers/train --validation walkers/val --out runs/baseline2
        mimicgait train baseline2 ... --initial runs/teacher           # start from the teacher
    """
    tell(train_baseline2(config))


def guided(config: GuidedConfig) -> None:
    """Train a guided network with the teacher's losses on occluded sequences, without distillation.

    Guided by a classifier of types it is Occlusion-Aware gait recognition; guided by a VEN it is MimicGait
    without distillation.

    Examples:
        mimicgait train guided --visibility runs/classifier --initial runs/teacher --train walkers/train \\
            --validation walkers/val --out runs/occlusion-aware
        mimicgait train guided --visibility runs/ven ...
    """
    tell(train_guided(config))


def rggait(config: RGGaitConfig) -> None:
    """Train RG-Gait: a guided residual on the frozen teacher, which keeps complete sequences in mind.

    Examples:
        mimicgait train rggait --teacher runs/teacher --visibility runs/ven --train walkers/train \\
            --validation walkers/val --out runs/rggait
    """
    tell(train_rggait(config))


def gaitkd(config: GaitKDConfig) -> None:
    """Train a student of any size as GaitKD does: by the teacher's logits and activation boundaries.

    Examples:
        mimicgait train gaitkd --teacher runs/teacher --backbone.args.width small --train walkers/train \\
            --validation walkers/val --out runs/gaitkd
        mimicgait train gaitkd ... --backbone.name GaitSet --occlusion.probability 0   # compression alone
    """
    tell(train_gaitkd(config))


def tell(run: Path) -> None:
    """Say where the network, the curves and the log of a run are."""
    say(f"{run / 'model'}: the network\n{run / 'report.html'}: the curves\n{run / 'log.jsonl'}: the log")
