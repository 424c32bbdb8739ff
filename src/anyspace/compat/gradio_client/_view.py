"""What an app says about its endpoints, in gradio_client's layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from anyspace.compat.gradio_client._files import is_file_obj_with_meta

__all__ = ["public_info", "render_info"]

Described = Mapping[str, Any]


def public_info(info: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of ``/info`` what gradio_client leaves out: code, and what is not shown."""
    shown: dict[str, Any] = dict(info)
    for kind in ("named_endpoints", "unnamed_endpoints"):
        shown[kind] = {
            name: {key: value for key, value in told.items() if key not in _INTERNAL}
            for name, told in (info.get(kind) or {}).items()
            if _is_shown(told)
        }
    return shown


_INTERNAL = frozenset({"api_visibility", "code_snippets", "show_api"})


def _is_shown(told: Described) -> bool:
    if told.get("api_visibility", "private") != "private":
        return True
    return bool(told.get("show_api", True))


def render_info(info: Mapping[str, Any], *, all_endpoints: bool | None = None) -> str:
    """Write how to call the endpoints.

    Args:
        info: What `public_info` returned.
        all_endpoints: Those without a name too; None means only if none has one.
    """
    named, unnamed = info["named_endpoints"], info["unnamed_endpoints"]
    if all_endpoints is None and not named:
        all_endpoints = True
    parts = [
        "Client.predict() Usage Info\n---------------------------\n",
        f"Named API endpoints: {len(named)}\n",
        *(_render(f'api_name="{name}"', told) for name, told in named.items()),
    ]
    if all_endpoints:
        parts.append(f"\nUnnamed API endpoints: {len(unnamed)}\n")
        parts += [_render(f"fn_index={int(number)}", told) for number, told in unnamed.items()]
    elif unnamed:
        hint = "to view, run Client.view_api(all_endpoints=True)"
        parts.append(f"\nUnnamed API endpoints: {len(unnamed)}, {hint}\n")
    return "".join(parts)


def _render(address: str, told: Described) -> str:
    taken = [_plain_name(p.get("parameter_name") or p["label"]) for p in told["parameters"]]
    given = [_plain_name(r["label"]) for r in told["returns"]]
    outputs = f"({', '.join(given)})" if len(given) > 1 else "".join(given)
    lines = [f"\n - predict({', '.join([*taken, address])}) -> {outputs}\n"]
    if told.get("oauth_token"):
        lines.append(
            f"    Acts on your behalf: this endpoint takes your Hugging Face token "
            f"({told['oauth_token']}). Pass it with Client(..., oauth_token=...) to grant it.\n"
        )
    lines += ["    Parameters:\n", *(_parameters(told) or ["     - None\n"])]
    lines += ["    Returns:\n", *(_returns(told) or ["     - None\n"])]
    return "".join(lines)


def _parameters(told: Described) -> list[str]:
    return list(map(_parameter, told["parameters"]))


def _parameter(parameter: Described) -> str:
    kind, default = parameter["python_type"]["type"], "(required)"
    if parameter.get("parameter_has_default", False):
        value = _with_calls(parameter.get("parameter_default"))
        kind += " | None" if value is None else ""
        default = f"(not required, defaults to:   {value})"
    name = _plain_name(parameter.get("parameter_name") or parameter["label"])
    return f"     - [{parameter['component']}] {name}: {kind} {default} {_words(parameter)} \n"


def _returns(told: Described) -> list[str]:
    return [
        f"     - [{output['component']}] {_plain_name(output['label'])}: "
        f"{output['python_type']['type']}{_words(output)} \n"
        for output in told["returns"]
    ]


def _words(told: Described) -> str:
    words = told["python_type"].get("description")
    return f" ({words})" if words else ""


def _with_calls(value: Any) -> Any:
    """A default with its files as what one would write for them."""
    if is_file_obj_with_meta(value):
        return f'handle_file("{value.get("url")}")'
    if isinstance(value, dict):
        return {key: _with_calls(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_calls(item) for item in value]
    return value


def _plain_name(label: str) -> str:
    """A label as something like a Python name: letters, digits and underscores."""
    return "".join(_kept(label)).replace(" ", "_").lower()


def _kept(label: str) -> Iterator[str]:
    return (letter for letter in label if letter.isalnum() or letter in " _")
