"""What the Hub's words for a Space's state mean for who wants to use it.

The words are those of ``huggingface_hub/_space_api.py`` and of Gradio's JavaScript client,
which also knows ``SLEEPING``.
"""

from __future__ import annotations

import re
from typing import Final

from anyspace._errors import SpaceUnavailable

__all__ = ["ASLEEP", "RUNNING", "STARTING", "refuse_stopped"]

RUNNING: Final = "RUNNING"

ASLEEP: Final = frozenset(("SLEEPING", "STOPPED"))
"""One visit wakes it."""

STARTING: Final = frozenset(
    ("BUILDING", "APP_STARTING", "RUNNING_BUILDING", "RUNNING_APP_STARTING")
)
"""It will run soon. While ``RUNNING_…`` an older version answers."""

_ADVICE: Final = {
    "PAUSED": "only its owner can start it again; `anyspace duplicate {id}` makes one of your own",
    "NO_APP_FILE": "it has no app; tell its owner, or look for another: `anyspace search {name}`",
    "CONFIG_ERROR": "its configuration is broken; tell its owner, or `anyspace duplicate {id}`",
    "BUILD_ERROR": "it does not build; tell its owner, or `anyspace duplicate {id}`",
    "RUNTIME_ERROR": "its app crashed; tell its owner, or `anyspace duplicate {id}`",
    "DELETING": "it is being deleted; look for another: `anyspace search {name}`",
}


def refuse_stopped(space_id: str, stage: str, message: str = "") -> None:
    """Refuse what cannot be started from here.

    Raises:
        SpaceUnavailable: With the next step.
    """
    if stage in _ADVICE:
        words = " ".join(re.split(r"[-_.]+", space_id.rpartition("/")[2]))
        advice = _ADVICE[stage].format(id=space_id, name=words)
        why = f" ({message.strip().splitlines()[-1][:200]})" if message.strip() else ""
        raise SpaceUnavailable(
            f"{space_id} does not run ({stage}): {advice}{why}", stage=stage, space=space_id
        )
