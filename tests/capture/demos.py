"""The two demo Spaces as they describe themselves: ``python -m tests.capture.demos`` asks them.

The files in ``data`` are what the page of exports and the tests without servers are made from.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from anyspace.capture import Call, Target, compose
from anyspace.demo import DEMOS, launch_all
from anyspace.schema import App, parse_app
from tests.schema.record import config, some

DATA = Path(__file__).parent / "data"
ADDRESSES = {"flux": "http://127.0.0.1:7860", "midjourney": "http://127.0.0.1:7861"}
ARGUMENTS = {"prompt": "a red fox in snow", "width": 512, "height": 512}


def app_of(name: str) -> App:
    """A demo's description."""
    read = [(DATA / f"{name}_{what}.json").read_bytes() for what in ("config", "info")]
    return parse_app(*read)


def call_of(name: str, **arguments: Any) -> Call:
    """The call that the page shows, at the address that the page has."""
    app = app_of(name)
    target = Target(ADDRESSES[name], ADDRESSES[name], app)
    endpoint = app.endpoint(DEMOS[name].endpoint)
    return compose(target, endpoint, (), {**ARGUMENTS, **arguments})[0]


def _ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.loads(response.read())


def main() -> None:
    """Write both descriptions anew."""
    with launch_all() as spaces:
        for name, space in spaces.items():
            told = _ask(f"{space.url}/config")
            described = {**config(told), **some(told, ["mcp_server"])}
            info = _ask(f"{space.url}/gradio_api/info?all_endpoints=True")
            for endpoint in info["named_endpoints"].values():
                endpoint.pop("code_snippets", None)
            for what, document in (("config", described), ("info", info)):
                text = json.dumps(document, ensure_ascii=False, indent=1)
                text = text.replace(space.url, ADDRESSES[name])
                (DATA / f"{name}_{what}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
