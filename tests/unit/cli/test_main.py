"""The command that was asked for is found, and mistakes end with one message and the right exit code."""

import os

import pytest

from mimicgait import __version__
from mimicgait.cli import main as cli
from mimicgait.errors import ConfigError, DataError


@pytest.fixture
def failing(monkeypatch):
    """Put a command `fail` in place of all others; the test says what it raises."""

    def install(error):
        def fail() -> None:
            """Fail."""
            raise error

        monkeypatch.setattr(cli, "COMMANDS", (cli.Command("fail", "nowhere:fail", "fails"),))
        monkeypatch.setattr(cli.Command, "load", lambda _: fail)

    return install


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_the_overview_names_every_command(words, capsys):
    assert cli.main(words) == 0
    page = capsys.readouterr().out
    assert all(command.name in page and command.summary in page for command in cli.COMMANDS)


def test_a_group_has_an_overview_of_its_own(capsys):
    assert cli.main(["data", "--help"]) == 0
    page = capsys.readouterr().out
    assert "data check" in page
    assert "evaluate" not in page


def test_the_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mimicgait {__version__}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sinth"], "no command 'sinth': did you mean 'synth'?"),
        (["train", "techer"], "no command 'train techer': did you mean 'train teacher'?"),
        (["train"], "say which: mimicgait train teacher, "),
        (["teacher"], "no command 'teacher'"),
    ],
)
def test_a_mistyped_command_finds_its_neighbour(words, message, capsys):
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"mimicgait: {message}")
    assert err.count("\n") == 1


def test_the_first_words_choose_the_command():
    command, rest = cli.find(["train", "ven", "--out", "x"])
    assert (command.name, rest) == ("train ven", ["--out", "x"])
    with pytest.raises(ConfigError):
        cli.find(["trainven"])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DataError("x: is empty"), 2, "x: is empty"),
        (FileNotFoundError(2, "No such file or directory", "a.mp4"), 2, "a.mp4: No such file or directory"),
        (OSError("disk on fire"), 2, "disk on fire"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_exit_codes_and_messages(failing, capsys, error, code, message):
    failing(error)
    assert cli.main(["fail"]) == code
    assert capsys.readouterr().err == f"mimicgait: {message}\n"


def test_debug_shows_the_traceback_too(failing, capsys):
    failing(DataError("x: is empty"))
    assert cli.main(["fail", "--debug"]) == 2
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.endswith("mimicgait: x: is empty\n")


def test_a_bug_is_not_dressed_up_as_a_mistake(failing):
    failing(ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError):
        cli.main(["fail"])


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_every_command_exists_and_teaches(command, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main([*command.name.split(), "--help"])
    page = capsys.readouterr().out
    assert done.value.code == 0
    assert "Examples:" in page
    assert f"mimicgait {command.name}" in page


@pytest.mark.parametrize(("own", "then"), [(None, "1"), ("0", "0")])
def test_commands_ask_pytorch_for_large_pages_unless_the_user_has_chosen(monkeypatch, own, then):
    monkeypatch.setenv("THP_MEM_ALLOC_ENABLE", "0")  # undone after the test, whatever it is then
    if own is None:
        monkeypatch.delenv("THP_MEM_ALLOC_ENABLE")
    cli.COMMANDS[0].load()
    assert os.environ["THP_MEM_ALLOC_ENABLE"] == then
