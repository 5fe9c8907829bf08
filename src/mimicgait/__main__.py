"""Run the command line as `python -m mimicgait`."""

import sys

from mimicgait.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
