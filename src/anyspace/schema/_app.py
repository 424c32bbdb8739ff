"""What an app says about itself, in one model.

`App` holds `Endpoint`s, an endpoint its `Parameter`s and `OutputField`s. They are plain
data: everything here was read from ``/config`` and ``/info``, nothing was guessed
except a name where the app gives none (Gradio before 4.23).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

from anyspace._errors import UnknownEndpoint

__all__ = ["App", "Choice", "Endpoint", "OutputField", "Parameter", "Slot", "Visibility"]


class Visibility(Enum):
    """Who may call an endpoint."""

    PUBLIC = "public"
    UNDOCUMENTED = "undocumented"
    """Callable, but left out of the app's own documentation (``show_api=False``)."""
    UNNAMED = "unnamed"
    """Callable by number only (before 4.12)."""
    PRIVATE = "private"
    """Only the app's own page may call it (``api_name=False``)."""


class Choice(msgspec.Struct, frozen=True):
    """One choice of a radio, dropdown or checkbox group.

    Attributes:
        label: What the page shows.
        value: What is sent.
    """

    label: str
    value: Any


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One named input of an endpoint.

    Attributes:
        name: The keyword. From the app (4.23 and later), else made from the label.
        label: What the page shows above the widget.
        component: The widget's type in lower case (``"slider"``).
        json_type: The JSON schema of the value; ``{}`` takes anything.
        named: The app gave the name itself.
        required: There is no default: the caller must give a value.
        default: What is sent when the caller leaves it out.
        choices: The values on offer, None when it is no choice.
        open_choices: Other values than `choices` are taken too.
        multiple: Several choices may be picked at once.
        minimum: The smallest number taken.
        maximum: The largest number taken.
        step: The widget's step; apps do not insist on it.
        max_length: The widget's longest text, in characters.
        file_types: Extensions (``".txt"``) or kinds (``"image"``) a file must have, empty for any.
        headers: The columns of the widget's table, as the page shows them.
        file_count: ``"single"``, ``"multiple"`` or ``"directory"``; ``""`` for no file.
        takes_file: A file can stand somewhere in the value.
        placeholder: The widget's greyed hint.
        info: The widget's help text.
        mode: The form its values have, where a widget has several: a chatbot's
            ``"tuples"`` or ``"messages"``, a picture's ``"sketch"`` before 4.0.
        visible: The page shows it.
        widget: The widget's number; endpoints that name the same one share it.
    """

    name: str
    label: str
    component: str
    json_type: Mapping[str, Any]
    named: bool = True
    required: bool = True
    default: Any = None
    choices: tuple[Choice, ...] | None = None
    open_choices: bool = False
    multiple: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    max_length: int | None = None
    file_types: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    file_count: str = ""
    takes_file: bool = False
    placeholder: str = ""
    info: str = ""
    mode: str = ""
    visible: bool = True
    widget: int = -1


class OutputField(msgspec.Struct, frozen=True, kw_only=True):
    """One returned value of an endpoint.

    Attributes:
        label: What the page shows above the widget.
        component: The widget's type in lower case (``"gallery"``).
        json_type: The JSON schema of the value.
        gives_file: A file can stand somewhere in the value.
        mode: As of a `Parameter`.
        widget: As of a `Parameter`.
    """

    label: str
    component: str
    json_type: Mapping[str, Any]
    gives_file: bool = False
    mode: str = ""
    widget: int = -1


class Slot(msgspec.Struct, frozen=True):
    """One place of the ``data`` array on the wire.

    Attributes:
        parameter: The position of the parameter that fills it, None for a hidden slot.
        constant: What a hidden slot is sent: None for state, which the server fills
            from the session; the widget's own value for anything else.
    """

    parameter: int | None
    constant: Any = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One callable of the app.

    Attributes:
        api_name: Its name with the slash (``"/infer"``), ``""`` when it has none.
        fn_index: Its number on the wire.
        visibility: Who may call it.
        parameters: Its inputs, in order.
        outputs: What it returns, in order.
        input_slots: How the ``data`` array is filled.
        output_slots: For each returned slot whether callers see it (state they do not).
        description: The app's own words.
        queued: Calls wait in the app's queue.
        generator: It yields partial outputs.
        batch: It works on several calls at once.
        streaming: It follows a microphone or camera (``.stream()``); each call is one piece.
        oauth_token: ``"required"`` or ``"optional"`` when it wants the caller's token (6.21).
        triggers: The widgets that run it on the page: (type, label or text, event).
        after: The number of the endpoint that it follows on the page, None when it
            follows none.
        reads: The session's states that it is given, by widget number.
        writes: The session's states that it changes.
    """

    api_name: str
    fn_index: int
    visibility: Visibility = Visibility.PUBLIC
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[OutputField, ...] = ()
    input_slots: tuple[Slot, ...] = ()
    output_slots: tuple[bool, ...] = ()
    description: str = ""
    queued: bool = True
    generator: bool = False
    batch: bool = False
    streaming: bool = False
    oauth_token: str = ""
    triggers: tuple[tuple[str, str, str], ...] = ()
    after: int | None = None
    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What to call it: its API name, or its number as text."""
        return self.api_name or str(self.fn_index)

    def fill(self, values: Sequence[Any]) -> list[Any]:
        """Lay out one value per parameter as the wire wants them, hidden slots included."""
        return [
            slot.constant if slot.parameter is None else values[slot.parameter]
            for slot in self.input_slots
        ]

    def visible(self, data: Sequence[Any]) -> list[Any]:
        """Leave out the returned slots that callers do not see."""
        if len(data) == len(self.outputs):
            # Nothing is hidden, or the app left it out itself.
            return list(data)
        return [value for value, shown in zip(data, self.output_slots, strict=False) if shown]

    def signature(self) -> str:
        """Say in one line what goes in and what comes out.

        >>> Endpoint(api_name="/hello", fn_index=0).signature()
        '/hello() -> nothing'
        """
        inputs = ", ".join(
            p.name if p.required else f"{p.name}={p.default!r}" for p in self.parameters
        )
        outputs = [f"{o.label} ({o.component})" if o.label else o.component for o in self.outputs]
        returned = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
        return f"{self.name}({inputs}) -> {returned if outputs else 'nothing'}"


class App(msgspec.Struct, frozen=True, kw_only=True):
    """One running Gradio app, as it describes itself.

    Attributes:
        title: The page's title.
        version: Its Gradio version.
        endpoints: What can be called, by `Endpoint.name`, in the app's order.
        private: Names of endpoints that only the app's own page may call.
        space_id: ``owner/name`` when it says that it runs in a Space.
        app_id: Changes when the app restarts; 0 when it does not say.
        max_file_size: The largest upload in bytes, None without a limit.
        described: ``/info`` could be read; without it types come from the widgets.
        headings: What the page says of itself in its first texts, plain, the title first.
        api_prefix: What the paths of its API begin with: ``"/gradio_api"`` from 5.0 on.
        mcp_server: It offers its endpoints as tools of an MCP server, too (5.28).
    """

    title: str
    version: str
    endpoints: Mapping[str, Endpoint]
    private: tuple[str, ...] = ()
    space_id: str = ""
    app_id: int = 0
    max_file_size: int | None = None
    described: bool = True
    headings: tuple[str, ...] = ()
    api_prefix: str = ""
    mcp_server: bool = False

    def endpoint(self, api_name: str | None = None, *, fn_index: int | None = None) -> Endpoint:
        """Find an endpoint by name, with or without its slash, or by number.

        Without either the app's only documented endpoint is meant.

        Raises:
            UnknownEndpoint: There is none, or several and no name.
        """
        if api_name is None and fn_index is None:
            return self._only()
        for endpoint in self.endpoints.values():
            if api_name is None:
                if endpoint.fn_index == fn_index:
                    return endpoint
            elif api_name.lstrip("/") == endpoint.name.lstrip("/"):
                return endpoint
        raise self._unknown(api_name, fn_index)

    def _only(self) -> Endpoint:
        public = [e for e in self.endpoints.values() if e.visibility is Visibility.PUBLIC]
        found = public or list(self.endpoints.values())
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnknownEndpoint("the app has no endpoint that can be called")
        names = ", ".join(e.name for e in found)
        raise UnknownEndpoint(f"the app has several endpoints, say which: api_name= one of {names}")

    def _unknown(self, api_name: str | None, fn_index: int | None) -> UnknownEndpoint:
        if api_name is None:
            numbers = ", ".join(str(e.fn_index) for e in self.endpoints.values())
            return UnknownEndpoint(f"the app has no endpoint number {fn_index}; it has {numbers}")
        shown = "/" + api_name.lstrip("/")
        if shown in self.private:
            return UnknownEndpoint(f"{shown} is private: only the app's own page may call it")
        near = difflib.get_close_matches(shown, self.endpoints, n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]}?" if near else "."
        names = ", ".join(self.endpoints) or "none"
        return UnknownEndpoint(f"the app has no endpoint {shown}{hint} It has: {names}")
