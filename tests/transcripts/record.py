"""Record what a running app says: ``python record.py URL NAME [FOLDER]``.

NAME is the first part of the file names (``gradio6``). The app is `small_app.py` or
the kitchen of `tests/servers`; those conversations are recorded whose endpoint it
has. Only the standard library is used, so that no client's opinion of the wire gets
into the files.
"""

import http.client
import json
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any


class App:
    """The few requests a recording needs."""

    def __init__(self, root: str) -> None:
        self.root = root
        config = json.loads(self.get("/config"))
        self.prefix = config.get("api_prefix", "")
        self.functions = {
            dependency["api_name"]: dependency["id"] for dependency in config["dependencies"]
        }

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.root + path, timeout=30) as response:
            body: bytes = response.read()
            return body

    def post(self, path: str, document: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.root + self.prefix + path,
            json.dumps(document).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read())

    def join(self, name: str, data: list[Any], session: str) -> str:
        body = {"data": data, "fn_index": self.functions[name], "session_hash": session}
        event_id: str = self.post("/queue/join", body)["event_id"]
        return event_id

    def listen(self, session: str) -> bytes:
        """Read the session's stream until the app ends it."""
        try:
            return self.get(f"{self.prefix}/queue/data?session_hash={session}")
        except http.client.IncompleteRead as exc:  # after unexpected_error it just hangs up
            return exc.partial


def one_call(name: str, *data: Any) -> Callable[[App], bytes]:
    def record(app: App) -> bytes:
        session = uuid.uuid4().hex
        app.join(name, list(data), session)
        return app.listen(session)

    return record


def cancelled(app: App) -> bytes:
    """A running job is cancelled."""
    session = uuid.uuid4().hex
    event_id = app.join("slow", [5, "cancelled"], session)
    body = {"session_hash": session, "fn_index": app.functions["slow"], "event_id": event_id}
    timer = threading.Timer(0.3, app.post, ["/cancel", body])
    timer.start()
    try:
        return app.listen(session)
    finally:
        timer.join()


def two_jobs(app: App) -> bytes:
    """Two jobs share one session's stream."""
    session = uuid.uuid4().hex
    app.join("slow", [0.2, "first"], session)
    app.join("grow", [3], session)
    return app.listen(session)


def waiting(app: App) -> bytes:
    """A job waits behind those of two other sessions, so it is told its rank."""
    app.join("sleep", [1], uuid.uuid4().hex)
    time.sleep(0.5)
    session = uuid.uuid4().hex
    app.join("sleep", [0.5], uuid.uuid4().hex)
    app.join("sleep", [0.1], session)
    return app.listen(session)


def reopened(app: App) -> bytes:
    """A second reader opens the stream after the first one went away."""
    session = uuid.uuid4().hex
    app.join("slow", [4, "reopened"], session)
    path = f"{app.root}{app.prefix}/queue/data?session_hash={session}"
    with urllib.request.urlopen(path, timeout=30) as response:
        response.readline()
    time.sleep(1)
    return app.listen(session)


# What is recorded: the endpoint that it needs, and how.
CONVERSATIONS: dict[str, tuple[str, Callable[[App], bytes]]] = {
    "echo": ("echo", one_call("echo", "naïve 文字 🎨")),
    "count": ("count", one_call("count", 3)),
    "grow": ("grow", one_call("grow", 6)),
    "with_progress": ("with_progress", one_call("with_progress", 3)),
    "with_logs": ("with_logs", one_call("with_logs", "ada")),
    "raise_error": ("raise_error", one_call("raise_error", "boom")),
    "raise_plain": ("raise_plain", one_call("raise_plain")),
    "accumulate": ("accumulate", one_call("accumulate", 3, None)),
    "nothing": ("nothing", one_call("nothing")),
    "updated": ("updated", one_call("updated")),
    "cancelled": ("slow", cancelled),
    "two_jobs": ("slow", two_jobs),
    "waiting": ("sleep", waiting),
    "reopened": ("slow", reopened),
    "hidden_error": ("fail", one_call("fail")),
    "table": ("table", one_call("table")),
    "talk": ("talk", one_call("talk")),
    "marked": ("marked", one_call("marked")),
    "heartbeats": ("wait", one_call("wait", 0.8)),
    "streaming": ("hear", one_call("hear", None)),
}


def main(root: str, name: str, folder: str = "") -> None:
    app = App(root)
    for what, (endpoint, record) in CONVERSATIONS.items():
        if endpoint in app.functions:
            path = Path(folder or Path(__file__).parent / "sse_v3") / f"{name}_{what}.sse"
            path.write_bytes(record(app))


if __name__ == "__main__":
    main(*sys.argv[1:])
