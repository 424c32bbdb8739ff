"""Recorded conversations: what real apps sent on their event streams, byte for byte.

A folder per generation, a file per conversation, named ``gradio<major>_<what>.sse``;
those of ``ws`` end with ``.jsonl`` and have one frame per line.
`record.py` made them; nothing in them was changed.
"""

from pathlib import Path

__all__ = ["load", "names"]

_HERE = Path(__file__).parent


def load(name: str) -> bytes:
    """Read one conversation (``"sse_v3/gradio6_grow.sse"``)."""
    return (_HERE / name).read_bytes()


def names(generation: str) -> list[str]:
    """The conversations of a generation, as `load` takes them."""
    return sorted(f"{generation}/{path.name}" for path in (_HERE / generation).glob("*_*.*"))
