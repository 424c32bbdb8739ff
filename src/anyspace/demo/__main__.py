"""``python -m anyspace.demo flux --port 7860``: run one demonstration Space by hand."""

from __future__ import annotations

import argparse
import os
import sys
import threading

from anyspace._errors import UsageError
from anyspace.demo._facts import DEMOS
from anyspace.demo._launch import PACE, require_gradio


def main(argv: list[str] | None = None) -> None:
    """Serve one demonstration Space until interrupted."""
    arguments = _parser().parse_args(argv)
    if arguments.attached:
        threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        require_gradio()
    except UsageError as error:
        sys.exit(str(error))
    # Gradio reads this while it is imported.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from anyspace.demo._serve import serve

    serve(arguments.name, arguments.port, arguments.pace)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m anyspace.demo", description=__doc__)
    parser.add_argument("name", choices=[*DEMOS], help="which of them")
    parser.add_argument("--port", type=int, default=7860, help="on 127.0.0.1 (default: 7860)")
    parser.add_argument(
        "--pace",
        type=float,
        default=os.environ.get(PACE),
        help=f"seconds per step, for the progress bar to be seen (default: ${PACE}, or a moment)",
    )
    parser.add_argument("--attached", action="store_true", help=argparse.SUPPRESS)
    return parser


def _leave_with_parent() -> None:
    """Stop when the launcher's end of our standard input closes: it may have been killed."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
