"""Record what a running app says: ``python record.py URL NAME [FOLDER]``.

NAME is the first part of the file names (``gradio6``). The app is `small_app.py` or
the kitchen of `tests/servers`; those conversations are recorded whose endpoint it
has. Only the standard library is used, and aiohttp's websocket for Gradio 3, so that no
client's opinion of the wire gets into the files.
"""

import asyncio
import http.client
import json
import sys
import threading
import time
import urllib.parse
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
        self.generation = config.get("protocol", "ws")
        self.functions = {
            dependency["api_name"]: dependency.get("id", position)
            for position, dependency in enumerate(config["dependencies"])
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

    def call(self, name: str, data: list[Any]) -> bytes:
        """Run one job in a session of its own, and return all that the app said."""
        session = uuid.uuid4().hex
        if self.generation == "ws":
            return asyncio.run(self._call_on_socket(name, data, session))
        if self.generation == "sse":
            return self._call_on_stream(name, data, session)
        self.join(name, data, session)
        return self.listen(session)

    def _call_on_stream(self, name: str, data: list[Any], session: str) -> bytes:
        body = {"fn_index": self.functions[name], "session_hash": session}
        url = f"{self.root}/queue/join?{urllib.parse.urlencode(body)}"
        said = b""
        with urllib.request.urlopen(url, timeout=30) as response:
            for line in response:
                said += line
                message = json.loads(line[len(b"data:") :] if line.strip() else b"{}")
                if message.get("msg") == "send_data":
                    event = {"event_id": message["event_id"]}
                    self.post("/queue/data", {**body, **event, "data": data})
        return said

    async def _call_on_socket(self, name: str, data: list[Any], session: str) -> bytes:
        import aiohttp

        body = {"fn_index": self.functions[name], "session_hash": session}
        frames = []
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"{self.root}/queue/join") as socket,
        ):
            async for frame in socket:
                frames.append(frame.data)
                message = json.loads(frame.data)
                if message["msg"] == "send_hash":
                    await socket.send_json(body)
                elif message["msg"] == "send_data":
                    await socket.send_json({**body, "data": data})
        return "".join(f"{frame}\n" for frame in frames).encode()

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
    return lambda app: app.call(name, list(data))


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


# From 4.9 on (where a stream is a session's and not one job's), and from 4.31 on.
OF_A_SESSION = ("two_jobs", "waiting", "reopened")
OF_THE_NEWEST = ("cancelled", "heartbeats")

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
    "gallery": ("gallery", one_call("gallery", 1)),
    "tone": ("tone", one_call("tone", 8000, None)),
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
    place = Path(folder or Path(__file__).parent / app.generation)
    place.mkdir(exist_ok=True)
    ending = "jsonl" if app.generation == "ws" else "sse"
    for what, (endpoint, record) in CONVERSATIONS.items():
        if endpoint not in app.functions:
            continue
        if what in OF_A_SESSION and app.generation in ("ws", "sse"):
            continue
        if what in OF_THE_NEWEST and app.generation != "sse_v3":
            continue
        (place / f"{name}_{what}.{ending}").write_bytes(record(app))


if __name__ == "__main__":
    main(*sys.argv[1:])
