"""Where commands speak: results go to standard output, everything else to standard error."""

import sys


def say(text: str) -> None:
    """Write a result, one line or several, to standard output at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a message to standard error at once."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def watched() -> bool:
    """Tell whether somebody looks at standard error, so that a progress bar is of use there."""
    return sys.stderr.isatty()
