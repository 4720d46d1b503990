"""`python app.py`: start the web UI, with the flags of `python -m webui serve`."""

import sys

from webui.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
