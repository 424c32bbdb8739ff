"""A double of the one route of a gateway that OpenAI's clients draw pictures with."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import anyspace


class OpenAIDouble:
    """Answers ``POST /v1/images/generations``; anything else is 404, another word 400."""

    def __init__(self, models: Mapping[str, str]) -> None:
        handler = type("Handler", (_Handler,), {"models": models})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    models: Mapping[str, str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/v1/images/generations":
            self._answer(404, {"error": {"message": self.path}})
            return
        try:
            self._answer(200, {"created": 0, "data": [{"b64_json": self._draw(body)}]})
        except KeyError as exc:
            self._answer(400, {"error": {"message": f"missing {exc}"}})

    def _draw(self, body: dict[str, Any]) -> str:
        assert body.pop("response_format") == "b64_json"
        kind = body.pop("output_format")
        width, _, height = body.pop("size").partition("x")
        address = self.models[body.pop("model")]
        wanted = {"width": int(width), "height": int(height), **body}
        picture = anyspace.text_to_image(
            body.pop("prompt"),
            model=address,
            **{name: value for name, value in wanted.items() if name != "prompt"},
        )
        written = io.BytesIO()
        picture.save(written, kind)
        return base64.b64encode(written.getvalue()).decode()

    def _answer(self, status: int, document: Any) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass
