"""A command line made from a function: its signature gives the settings, its docstring the help.

A function whose only parameter is a dataclass takes that dataclass's fields as settings: the constructor is
the configuration, on the command line, in YAML and in Python. What has no default is a word in its place, or
`--name VALUE` if it is keyword-only.
"""

import inspect
import re
from argparse import Action, ArgumentError, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import is_dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, get_type_hints

from jsonargparse import ActionConfigFile, ArgumentParser, DefaultHelpFormatter  # type: ignore[attr-defined]

from mimicgait.cli.messages import explain, plain_types
from mimicgait.errors import ConfigError

_CLASH_MARK = "\N{ZERO WIDTH SPACE}"
"""What jsonargparse puts before settings that are called like a method of its own, such as `keys`."""

NOTE = "Settings come from the command line and from YAML files (--config); the last word on a setting wins."


class CommandParser(ArgumentParser):
    """Parses the words after a command's name into the keyword arguments of its function.

    Args:
        name: the command, such as `train teacher`.
        run: its function: annotated, with a docstring that has `Args:` and may have `Examples:`. None in the
            parsers that jsonargparse makes of this same class for dataclasses within mappings.
        others: what jsonargparse gives those.
    """

    def __init__(self, name: str = "", run: Callable[..., None] | None = None, **others: Any) -> None:
        if run is None:
            super().__init__(**others)
            return
        description, examples = help_texts(run)
        super().__init__(
            prog=f"mimicgait {name}",
            description=description,
            epilog="\n\n".join(filter(None, (examples, NOTE))),
            formatter_class=_Formatter,
            exit_on_error=False,
            allow_abbrev=False,
        )
        self.add_argument("--config", action=_ConfigFile, metavar="FILE", help="YAML file with settings")
        self._dataclass = only_dataclass(run)
        if self._dataclass:
            self.add_class_arguments(self._dataclass[1], as_group=False, as_positional=True)
        else:
            self.add_function_arguments(run, as_group=False, as_positional=True)
        self.usage = " ".join(["%(prog)s", *self._required(), "[SETTINGS]"])

    def settings(self, arguments: Sequence[str]) -> dict[str, Any]:
        """Return the keyword arguments for the function.

        Raises:
            ConfigError: if a setting is unknown, missing or of the wrong kind, with what to write instead.
        """
        try:
            parsed = self.parse_args(list(self._flags(arguments)))
        except ArgumentError as error:
            raise ConfigError(f"{explain(str(error), self.names())} (see {self.prog} --help)") from error
        found = vars(self.instantiate(parsed))
        values: dict[str, Any] = {name.lstrip(_CLASH_MARK): value for name, value in found.items()}
        values.pop("config", None)
        if self._dataclass:
            name, type_ = self._dataclass
            return {name: type_(**values)}
        return values

    def names(self) -> list[str]:
        """List the settings by the names they have in YAML, such as `optimizer.lr`."""
        return [
            action.dest for action in self._actions if action.dest not in ("help", "config", "print_config")
        ]

    def _required(self) -> Iterator[str]:
        """Write down what must be given, as in `OUT --model MODEL`."""
        for action in self._actions:
            if not action.option_strings:
                action.metavar = action.dest.upper()
                yield action.dest.upper()
            elif action.required:
                yield f"{action.option_strings[0]} {action.dest.upper()}"

    def _flags(self, arguments: Sequence[str]) -> Iterator[str]:
        """Let `--overwrite` alone mean `--overwrite=true`."""
        switches = {
            option
            for action in self._actions
            if action.metavar == "{true,false}"
            for option in action.option_strings
        }
        for word, following in zip_longest(arguments, arguments[1:], fillvalue=""):
            bare = word in switches and following.lower() not in ("true", "false")
            yield f"{word}=true" if bare else word


class _ConfigFile(ActionConfigFile):
    """Reads a YAML file of settings; a mistake in it names the file."""

    def __call__(self, parser: Any, cfg: Any, values: Any, option_string: str | None = None) -> None:
        if not Path(values).is_file():
            raise ConfigError(f"{values}: no such file; --config takes a YAML file with settings")
        try:
            super().__call__(parser, cfg, values, option_string)  # type: ignore[no-untyped-call]
            parser.validate(cfg, skip_required=True)
        except UnicodeDecodeError as error:
            raise ConfigError(f"{values}: is no text; --config takes a YAML file with settings") from error
        except (ArgumentError, KeyError, TypeError) as error:
            raise ConfigError(f"{values}: {explain(str(error), parser.names())}") from error


class _Formatter(DefaultHelpFormatter, RawDescriptionHelpFormatter):
    """Keeps the lines of examples as they are, and writes types as people do."""

    def _expand_help(self, action: Action) -> str:
        return plain_types(super()._expand_help(action))


def help_texts(run: Callable[..., None]) -> tuple[str, str]:
    """Split a docstring into what a command does and its examples, without arguments and errors.

    >>> def run() -> None:
    ...     '''Make it.
    ...
    ...     Examples:
    ...         make it
    ...     '''
    >>> help_texts(run)
    ('Make it.', 'Examples:\\n    make it')
    """
    sections = re.split(r"\n\n(?=(?:Args|Examples|Raises):\n)", (inspect.getdoc(run) or "").strip())
    examples = next((section for section in sections if section.startswith("Examples:")), "")
    return sections[0], examples


def only_dataclass(run: Callable[..., None]) -> tuple[str, type[Any]] | None:
    """Return name and type of a function's only parameter if that is a dataclass."""
    parameters = [(name, type_) for name, type_ in get_type_hints(run).items() if name != "return"]
    if len(parameters) != 1:
        return None
    name, type_ = parameters[0]
    return (name, type_) if isinstance(type_, type) and is_dataclass(type_) else None
