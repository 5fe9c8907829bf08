"""A command line made from a function's signature and docstring."""

from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from mimicgait.cli.parser import CommandParser, help_texts, only_dataclass
from mimicgait.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How long.

    Args:
        steps: how many.
    """

    steps: int = 10


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings.

    Args:
        out: where to.
        loop: how long.
    """

    out: Path
    loop: Loop = field(default_factory=Loop)

    def __post_init__(self) -> None:
        if self.loop.steps < 1:
            raise ConfigError(f"loop.steps must be at least 1, got {self.loop.steps}")


def make(
    out: Path,
    size: Literal["tiny", "small"] = "small",
    people: int | None = None,
    amount: tuple[float, float] = (0.4, 0.6),
    overwrite: bool = False,
) -> None:
    """Make a thing.

    It takes a while.

    Examples:
        mimicgait make here

    Args:
        out: where to.
        size: how large.
        people: how many.
        amount: how much.
        overwrite: replace it.

    Raises:
        ConfigError: if not.
    """


@dataclass(frozen=True)
class Places:
    """Two words and two options, of which one is required.

    Args:
        src: from where.
        out: where to.
        model: with what.
        size: how large.
    """

    src: Path
    out: Path
    _: KW_ONLY
    model: Path
    size: int = 3


def train(config: Settings) -> None:
    """Train a thing."""


def move(places: Places) -> None:
    """Move a thing."""


def made(*words: str) -> dict:
    """Parse the words of `make`."""
    return CommandParser("make", make).settings(words)


def test_what_has_no_default_is_a_word_and_the_rest_are_options():
    defaults = {"size": "small", "people": None, "amount": (0.4, 0.6), "overwrite": False}
    assert made("here") == {"out": Path("here"), **defaults}
    assert made("here", "--people", "3", "--amount", "[.1, .2]")["amount"] == (0.1, 0.2)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["here", "--overwrite"], True),
        (["--overwrite", "here"], True),
        (["here", "--overwrite", "false"], False),
        (["here", "--overwrite=true"], True),
    ],
)
def test_a_switch_needs_no_value(words, expected):
    assert made(*words)["overwrite"] is expected


def test_the_command_line_has_the_last_word_over_the_file(tmp_path):
    file = tmp_path / "make.yaml"
    file.write_text("out: there\nsize: tiny\npeople: 5\n")
    settings = made("--config", str(file), "--people", "7")
    assert (settings["out"], settings["size"], settings["people"]) == (Path("there"), "tiny", 7)


def test_a_dataclass_is_built_from_its_fields(tmp_path):
    file = tmp_path / "train.yaml"
    file.write_text("out: runs\nloop:\n  steps: 3\n")
    parser = CommandParser("train", train)
    assert parser.settings(["--config", str(file)]) == {
        "config": Settings(out=Path("runs"), loop=Loop(steps=3))
    }
    with pytest.raises(ConfigError, match=r"at least 1, got -4"):
        parser.settings(["--out", "runs", "--loop.steps", "-4"])


def test_fields_of_a_dataclass_that_need_no_name_are_words(capsys):
    parser = CommandParser("move", move)
    expected = Places(Path("a"), Path("b"), model=Path("m"), size=4)
    assert parser.settings(["a", "b", "--model", "m", "--size", "4"]) == {"places": expected}
    with pytest.raises(ConfigError, match="missing: model"):
        parser.settings(["a", "b"])
    with pytest.raises(SystemExit):
        parser.settings(["--help"])
    assert capsys.readouterr().out.startswith("usage: mimicgait move SRC OUT --model MODEL [SETTINGS]")


def test_settings_that_are_printed_can_be_read_back(tmp_path, capsys):
    parser = CommandParser("train", train)
    with pytest.raises(SystemExit) as done:
        parser.settings(["--out", "runs", "--loop.steps", "4", "--print_config"])
    file = tmp_path / "printed.yaml"
    file.write_text(capsys.readouterr().out)
    assert done.value.code == 0
    assert parser.settings(["--config", str(file)])["config"].loop.steps == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "missing: out"),
        (["here", "--sise", "tiny"], "no setting --sise: did you mean --size?"),
        (["here", "--siz", "tiny"], "no setting --siz: did you mean --size?"),
        (["here", "--size", "big"], "size: expected one of 'tiny', 'small', got big"),
        (["here", "--people", "two"], "people: expected int, got two"),
        (["here", "--amount", "3"], "amount: "),
        (["here", "--config", "no-such.yaml"], "no-such.yaml: no such file"),
        (["here", "there"], "too many words: there"),
    ],
)
def test_mistakes_say_what_to_write(words, message):
    with pytest.raises(ConfigError) as caught:
        made(*words)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sise: tiny\n", "no setting 'sise': did you mean size?"),
        ("people: two\n", "people: expected int, got two"),
        ("size: [tiny\n", "Problems parsing config"),
        ("", "holds no settings; write one a line, such as `out: VALUE`"),
        ("- tiny\n", "holds no settings"),
        ("size: !!python/object/apply:os.getcwd []\n", "Problems parsing config"),
    ],
)
def test_mistakes_in_a_file_name_the_file(tmp_path, text, message):
    file = tmp_path / "make.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        made("here", "--config", str(file))
    assert str(caught.value).startswith(f"{file}: {message}")


def test_a_file_that_is_no_text(tmp_path):
    file = tmp_path / "make.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"make\.yaml: is no text"):
        made("here", "--config", str(file))


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as done:
        made("--help")
    page = capsys.readouterr().out
    assert done.value.code == 0
    assert "It takes a while." in page
    assert "\n    mimicgait make here\n" in page
    assert "Raises" not in page
    assert "<class" not in page


def test_texts_and_dataclasses_are_found():
    assert help_texts(make) == (
        "Make a thing.\n\nIt takes a while.",
        "Examples:\n    mimicgait make here",
    )
    assert only_dataclass(train) == ("config", Settings)
    assert only_dataclass(make) is None
