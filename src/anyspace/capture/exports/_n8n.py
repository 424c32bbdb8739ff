"""``n8n``: a workflow of four steps to import into n8n."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final
from urllib.parse import quote

import msgspec

from anyspace._errors import UsageError
from anyspace.capture._call import Call
from anyspace.capture._literals import json_text

__all__ = ["render"]

_BY_CALL: Final = (4, 20)
_STEP: Final = 220  # pixels between nodes


def render(call: Call) -> str:
    """Write the workflow: start, submit, read the result, fetch the file.

    Raises:
        UsageError: The app is too old for plain HTTP requests, or the endpoint has no name.
    """
    if call.version < _BY_CALL or not call.endpoint.api_name:
        raise UsageError(
            f"{call.endpoint.name} of {call.source} has no HTTP route of its own: only named "
            "endpoints of Gradio 4.20 and later have"
        )
    path = f"{call.root}{call.api}/call"
    by_name = call.by_name
    body: Any = dict(call.arguments) if by_name else {"data": call.endpoint.fill(call.values())}
    nodes = [
        _node("Start", "manualTrigger", 1, {}),
        _request(
            call,
            "Submit",
            f"{path}{'/v2' if by_name else ''}/{quote(call.name)}",
            {
                "method": "POST",
                "sendBody": True,
                "specifyBody": "json",
                "jsonBody": json_text(body),
            },
        ),
        _request(
            call,
            "Wait for the result",
            f"={path}/{quote(call.name)}/{{{{ $json.event_id }}}}",
            {},
            "text",
        ),
        _node("Read the result", "code", 2, {"jsCode": _code(call)}),
    ]
    if call.place.is_file:
        nodes.append(_request(call, "Fetch the file", "={{ $json.result }}", {}, "file"))
    for number, node in enumerate(nodes):
        node["id"], node["position"] = f"step-{number}", [number * _STEP, 0]
    names = [node["name"] for node in nodes]
    links = {
        one: {"main": [[{"node": other, "type": "main", "index": 0}]]}
        for one, other in pairwise(names)
    }
    workflow = {
        "name": f"{call.nickname} {call.endpoint.name}",
        "nodes": nodes,
        "connections": links,
        "settings": {},
    }
    return msgspec.json.format(msgspec.json.encode(workflow), indent=2).decode() + "\n"


def _node(name: str, kind: str, version: float, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": f"n8n-nodes-base.{kind}",
        "typeVersion": version,
        "parameters": parameters,
    }


def _request(
    call: Call, name: str, url: str, parameters: Mapping[str, Any], answer: str = ""
) -> dict[str, Any]:
    told: dict[str, Any] = {"url": url, **parameters}
    # The token goes to the app alone: the file's address is the app's word.
    if call.token and answer != "file":
        header = {"name": "Authorization", "value": "=Bearer {{ $env.HF_TOKEN }}"}
        told |= {"sendHeaders": True, "headerParameters": {"parameters": [header]}}
    form = {"response": {"response": {"responseFormat": answer}}} if answer else {}
    return _node(name, "httpRequest", 4.2, {**told, "options": form})


def _code(call: Call) -> str:
    result = call.place.javascript()
    if call.place.is_file and call.gateway is None:
        # Its own files are asked for where it was asked: what it says may be wrong (4.44).
        own = json_text(f"{call.root}{call.api}/file=")
        result = f"{result}.replace(/^.*\\/file=/, () => {own})"
    return f"""\
const events = $input.first().json.data.split(/\\r?\\n\\r?\\n/);
const last = events.filter((event) => /^event: (complete|error)/m.test(event)).pop() ?? "";
const data = JSON.parse(last.split(/^data: /m)[1] ?? "null");
if (!last.startsWith("event: complete")) throw new Error(JSON.stringify(data));
return [{{ json: {{ result: {result} }} }}];"""
