"""``curl``: a shell script with nothing but curl."""

from __future__ import annotations

import shlex
from typing import Any, Final
from urllib.parse import quote

from anyspace._errors import UsageError
from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import json_text

__all__ = ["render"]

_BY_CALL: Final = (4, 20)  # /call
_BY_QUEUE: Final = (4, 9)  # the queue with one stream per session
_TOKEN: Final = ' ${HF_TOKEN:+-H "Authorization: Bearer $HF_TOKEN"}'


def render(call: Call) -> str:
    """Write the call as two requests: submit, and read until it is done.

    Raises:
        UsageError: The app is too old for plain HTTP requests.
    """
    if call.version < _BY_QUEUE:
        raise UsageError(
            f"Gradio {call.app.version} has no request that curl could make; "
            "`anyspace call` and the python export work with it"
        )
    files: list[str] = []
    by_call = bool(call.endpoint.api_name) and call.version >= _BY_CALL
    token = _TOKEN if call.token else ""
    body = _body(call, files, by_call)
    asks = _call_requests(call, body, token) if by_call else _queue_requests(call, body, token)
    uploads = "".join(_upload(call, number, file, token) for number, file in enumerate(files, 1))
    return f"""\
#!/usr/bin/env bash
set -euo pipefail
app={shlex.quote(call.root)}

{uploads}{asks}
{_result(call, token)}"""


def _call_requests(call: Call, body: str, token: str) -> str:
    path = f"{call.api}/call/{quote(call.name)}"
    submit = f"{call.api}/call/v2/{quote(call.name)}" if call.by_name else path
    return f"""\
job=$(curl -sS --fail-with-body{token} "$app"{shlex.quote(submit)} \\
  -H 'Content-Type: application/json' \\
  -d {body})
id=$(sed 's/.*"event_id": *"\\([^"]*\\)".*/\\1/' <<<"$job")
answer=$(curl -sSN{token} "$app"{shlex.quote(path)}/"$id")"""


def _queue_requests(call: Call, body: str, token: str) -> str:
    return f"""\
session=anyspace-$RANDOM$RANDOM
curl -sS --fail-with-body -o /dev/null{token} "$app"{call.api}/queue/join \\
  -H 'Content-Type: application/json' \\
  -d {body}
answer=$(curl -sSN{token} "$app"{call.api}/queue/data?session_hash="$session")"""


def _body(call: Call, files: list[str], by_call: bool) -> str:
    def file(item: FileHere) -> str:
        if item.url:
            path = json_text(item.url)
        else:
            files.append(item.path)
            path = f'"\0{len(files)}\0"'
        return f'{{"path": {path}, "meta": {{"_type": "gradio.FileData"}}}}'

    if by_call and call.by_name:
        document: dict[str, Any] = dict(call.arguments)
    elif by_call:
        document = {"data": call.endpoint.fill(call.values())}
    else:
        document = {"fn_index": call.endpoint.fn_index, "session_hash": "\1"}
        document["data"] = call.endpoint.fill(call.values())
    text = shlex.quote(json_text(document, file))
    for number in range(1, len(files) + 1):
        text = text.replace(f"\0{number}\0", f"'\"$file{number}\"'")
    return text.replace("\\u0001", "'\"$session\"'")


def _upload(call: Call, number: int, path: str, token: str) -> str:
    return f"""\
file{number}=$(curl -sS --fail-with-body{token} "$app"{call.api}/upload \\
  -F files=@{shlex.quote(path)} | sed 's/^\\["\\(.*\\)"\\]$/\\1/')
"""


def _result(call: Call, token: str) -> str:
    first = next((i for i, o in enumerate(call.endpoint.outputs) if o.gives_file), None)
    if not call.place.is_file or call.place.index != first or call.version < _BY_CALL:
        return """sed -n 's/^data: //p' <<<"$answer" | tail -n 1\n"""
    return f"""\
url=$(grep -o '"url": *"[^"]*"' <<<"$answer" | sed -n '1s/.*"\\(.*\\)"$/\\1/p')
if [ -z "$url" ]; then echo "$answer" >&2; exit 1; fi
{_own_address(call)}curl -sS --fail-with-body{token} --create-dirs --output-dir results -O "$url"
echo "$url"
"""


def _own_address(call: Call) -> str:
    """Ask the app where it was asked: the addresses that it gives may be wrong (4.44).

    A token goes to no address of the app's choosing.
    """
    own = f'"$app"{call.api}/file="${{url#*/file=}}"'
    if call.token:
        return f"url={own}\n"
    return "" if call.gateway else f"case $url in */file=*) url={own};; esac\n"
