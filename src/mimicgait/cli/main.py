"""The command `mimicgait`: finds the command that was asked for, and answers a mistake with one message.

Nothing heavy is imported before a command has been chosen, so that help and typing errors answer at once.
"""

import importlib
import os
import sys
import traceback
from argparse import ArgumentError
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mimicgait import __version__
from mimicgait.cli.console import complain, say
from mimicgait.errors import ConfigError, MimicGaitError, suggest

MISTAKE, INTERRUPTED, PIPE_CLOSED = 2, 130, 141
"""Exit codes: of a user's mistake, of Ctrl-C, and of a reader that went away (as shells report signals)."""


class Command(NamedTuple):
    """What a command is called, the function behind it as `module:function`, and what it does."""

    name: str
    target: str
    summary: str

    def load(self) -> Callable[..., None]:
        """Import the function whose signature is the command line and whose docstring is the help."""
        # PyTorch asks once, at its first tensor: large tensors in large pages of memory spare the time that
        # otherwise goes into a page fault for every 4 KiB.
        os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
        module, _, function = self.target.partition(":")
        run: Callable[..., None] = getattr(importlib.import_module(module), function)
        return run


COMMANDS = (
    Command(
        "demo", "mimicgait.cli.demo:demo", "from nothing to a report: walkers, training, evaluation, a video"
    ),
    Command("synth", "mimicgait.cli.synth:synth", "make synthetic walkers: people who do not exist"),
    Command(
        "data import",
        "mimicgait.cli.data_import:data_import",
        "turn a data set of the field, pickles or images, into a store",
    ),
    Command(
        "data check",
        "mimicgait.cli.data_check:data_check",
        "verify a store to the last frame and say what is in it",
    ),
    Command("data show", "mimicgait.cli.data_show:data_show", "draw contact sheets of a store"),
    Command(
        "data split",
        "mimicgait.cli.data_split:data_split",
        "divide a store by its people: training, validation, test",
    ),
    Command(
        "import-checkpoint",
        "mimicgait.cli.import_checkpoint:import_checkpoint",
        "turn a .pt checkpoint of the field into safetensors and JSON",
    ),
    Command("train teacher", "mimicgait.cli.train:teacher", "a backbone, on complete sequences"),
    Command("train ven", "mimicgait.cli.train:ven", "the visibility network: what is hidden, and how much"),
    Command(
        "train classifier", "mimicgait.cli.train:classifier", "the VEN without its estimate of the amount"
    ),
    Command("train mimic", "mimicgait.cli.train:mimic", "the mimic network, distilled from teacher and VEN"),
    Command(
        "train plus",
        "mimicgait.cli.train:plus",
        "MimicPlus: compares what both have seen, and keeps complete sequences",
    ),
    Command("train baseline2", "mimicgait.cli.train:baseline2", "a backbone, on occluded sequences"),
    Command(
        "train guided", "mimicgait.cli.train:guided", "a guided network on occluded sequences, not distilled"
    ),
    Command(
        "train rggait",
        "mimicgait.cli.train:rggait",
        "a guided residual on the frozen teacher, for complete sequences too",
    ),
    Command("train gaitkd", "mimicgait.cli.train:gaitkd", "a student of any size, by logits and boundaries"),
    Command(
        "register",
        "mimicgait.cli.register:register",
        "a backbone and a VEN that puts silhouettes back in their place; no training",
    ),
    Command(
        "evaluate", "mimicgait.cli.evaluate:evaluate", "rank-1 and more, complete and occluded, as a report"
    ),
    Command(
        "bench", "mimicgait.cli.bench:bench", "train and judge many methods: the occlusion benchmark's tables"
    ),
    Command(
        "suites", "mimicgait.cli.suites:suites", "list the occlusion suites, or draw what they do to walkers"
    ),
    Command("protocols", "mimicgait.cli.protocols:protocols", "list the published protocols, or show one"),
    Command(
        "submission write",
        "mimicgait.cli.submission:write",
        "write the file of a challenge whose probes have no labels (GREW, HID)",
    ),
    Command("submission check", "mimicgait.cli.submission:check", "check such a file before it is handed in"),
    Command("silhouettes", "mimicgait.cli.silhouettes:silhouettes", "turn a video into silhouette sequences"),
    Command("watch", "mimicgait.cli.watch:watch", "tell who comes and goes in front of a camera"),
    Command("embed", "mimicgait.cli.embed:embed", "turn a store, a folder or a video into signatures"),
    Command("enroll", "mimicgait.cli.enroll:enroll", "put people into a gallery"),
    Command(
        "identify", "mimicgait.cli.identify:identify", "say who walks there, how sure, and how much was seen"
    ),
    Command("verify", "mimicgait.cli.verify:verify", "say whether it is the person they are said to be"),
    Command(
        "calibrate",
        "mimicgait.cli.calibrate:calibrate",
        "set the thresholds of identify and verify on people who are known",
    ),
    Command("gallery list", "mimicgait.cli.gallery:list_people", "list who is enrolled, or the audit log"),
    Command("gallery remove", "mimicgait.cli.gallery:remove", "remove a person, or one walk, for good"),
    Command("gallery export", "mimicgait.cli.gallery:export", "write a gallery, or some people, to a file"),
    Command("gallery import", "mimicgait.cli.gallery:import_people", "read such a file into a gallery"),
    Command(
        "gallery reembed", "mimicgait.cli.gallery:reembed", "make templates of a new network, where possible"
    ),
    Command(
        "hub card", "mimicgait.cli.hub:card", "write a network's model card: data, licence, numbers, limits"
    ),
    Command("hub push", "mimicgait.cli.hub:push", "publish a network on the Hugging Face Hub"),
    Command("hub pull", "mimicgait.cli.hub:pull", "fetch a network from the Hugging Face Hub into a folder"),
    Command("serve", "mimicgait.cli.serve:serve", "an HTTP service and a web page over videos and a gallery"),
    Command("api-key", "mimicgait.cli.api_key:api_key", "make a key for the HTTP service"),
    Command(
        "export", "mimicgait.cli.export:export", "write a network as an ONNX file, checked against PyTorch"
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, 2 for a user's mistake, 130 after Ctrl-C.

    Args:
        argv: the words after `mimicgait`; those of this process if not given.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    try:
        dispatch([word for word in words if word != "--debug"])
        return 0
    except KeyboardInterrupt:
        complain("mimicgait: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except (MimicGaitError, ArgumentError, OSError) as error:
        if debug:
            traceback.print_exc()
        complain(f"mimicgait: {describe(error)}".replace("\n", "\n  "))
        return MISTAKE


def dispatch(words: Sequence[str]) -> None:
    """Show help or the version, or run the command that the first words name.

    Raises:
        ConfigError: if no command has that name.
    """
    if not words or words[0] in ("-h", "--help", "help"):
        say(overview(COMMANDS))
    elif words[0] == "--version":
        say(f"mimicgait {__version__}")
    elif words[1:2] in (["-h"], ["--help"]) and (group := members(words[0])):
        say(overview(group))
    else:
        command, rest = find(words)
        call(command, rest)


def call(command: Command, arguments: Sequence[str]) -> None:
    """Parse the arguments of a command and run it."""
    from mimicgait.cli.parser import CommandParser

    run = command.load()
    settings: dict[str, Any] = CommandParser(command.name, run).settings(arguments)
    run(**settings)


def find(words: Sequence[str]) -> tuple[Command, list[str]]:
    """Find the command that the first words name, and return it with the words that remain.

    Raises:
        ConfigError: if there is none; the message suggests the nearest.
    """
    for command in COMMANDS:
        length = len(command.name.split())
        if list(words[:length]) == command.name.split():
            return command, list(words[length:])
    group = members(words[0])
    if group and len(words) == 1:
        raise ConfigError(f"say which: {', '.join(f'mimicgait {command.name}' for command in group)}")
    asked, names = (
        (" ".join(words[:2]), [command.name for command in group]) if group else (words[0], firsts())
    )
    raise ConfigError(f"no command {asked!r}: {suggest(asked, names)}. See mimicgait --help")


def firsts() -> list[str]:
    """List the first words of all commands, each once."""
    return list(dict.fromkeys(command.name.split()[0] for command in COMMANDS))


def members(name: str) -> tuple[Command, ...]:
    """Return the commands of a group such as `train`; none if the name is no group's."""
    return tuple(command for command in COMMANDS if command.name.startswith(f"{name} "))


def overview(commands: Sequence[Command]) -> str:
    """Describe commands, one a line, and how to learn more."""
    width = max(len(command.name) for command in commands) + 2
    lines = [f"  {command.name:<{width}}{command.summary}" for command in commands]
    return "\n".join(
        [
            "usage: mimicgait COMMAND [SETTINGS]",
            "",
            "Recognise people by the way they walk, also when they are partly hidden.",
            "",
            *lines,
            "",
            "  mimicgait COMMAND --help    what a command takes, with examples",
            "  mimicgait --version         which version this is",
            "",
            "Settings come from the command line and from YAML files (--config FILE); --print_config shows",
            "them, and --debug adds a traceback to an error.",
            "",
            "New here? Begin with: mimicgait demo --pretrained    (a minute; without --pretrained it trains)",
        ]
    )


def describe(error: Exception) -> str:
    """Say in a line what is wrong; errors of the system name the file first."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__
