"""Run the command line: ``python -m classicnlp``."""

import sys

from classicnlp.cli import main

if __name__ == "__main__":
    sys.exit(main())
