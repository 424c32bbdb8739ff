"""The forms in which Chrome's DevTools copy a request, as its source has them.

The rules are those of ``NetworkLogView`` in Chromium's devtools-frontend.
"""

from __future__ import annotations

import json
import re

from anyspace.capture import Exchange

__all__ = ["as_curl_bash", "as_curl_cmd", "as_fetch", "as_node_fetch"]

_STRANGE = re.compile(r"[\x00-\x1f\x7f-\x9f!]|'")


def as_curl_bash(exchange: Exchange) -> str:
    """ "Copy as cURL (bash)"."""
    return " \\\n  ".join(_options(exchange, bash_word))


def as_curl_cmd(exchange: Exchange) -> str:
    """ "Copy as cURL (cmd)"."""
    return " ^\n  ".join(_options(exchange, cmd_word))


def as_fetch(exchange: Exchange) -> str:
    """ "Copy as fetch"."""
    return _fetch(exchange, {"mode": "cors", "credentials": "include"})


def as_node_fetch(exchange: Exchange) -> str:
    """ "Copy as fetch (Node.js)"."""
    return _fetch(exchange, {})


def bash_word(text: str) -> str:
    """Quoted for bash: in plain quotes, or with escapes where there is something strange."""
    if not _STRANGE.search(text):
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r")
    return "$'" + re.sub(r"[\x00-\x1f\x7f-\x9f!]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + "'"


def cmd_word(text: str) -> str:
    """Quoted for cmd: carets before all that cmd might see."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.,?;()*`]", lambda m: "^" + m[0], escaped)
    return '^"' + re.sub(r"\r?\n|\r", "^\n\n", escaped) + '^"'


def _options(exchange: Exchange, word) -> list[str]:
    parts = [f"curl {word(exchange.url)}"]
    parts += [f"-H {word(f'{name}: {value}')}" for name, value in exchange.sent]
    if exchange.body is not None:
        parts.append(f"--data-raw {word(exchange.body.decode())}")
    return parts


def _fetch(exchange: Exchange, more: dict[str, str]) -> str:
    body = exchange.body.decode() if exchange.body is not None else None
    options = {"headers": dict(exchange.sent), "body": body, "method": exchange.method, **more}
    url = json.dumps(exchange.url, ensure_ascii=False)
    return f"fetch({url}, {json.dumps(options, indent=2, ensure_ascii=False)});"
