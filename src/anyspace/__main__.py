"""``python -m anyspace``: the command line."""

from anyspace.cli import main

if __name__ == "__main__":
    main(prog_name="anyspace")
