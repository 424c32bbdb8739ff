"""Read ``/config`` and ``/info`` into one `App`.

``/info`` has the names, the defaults and the JSON types; ``/config`` has the order of
the slots, the choices and the ranges, and knows endpoints that ``/info`` leaves out.
Where both speak, the more exact one wins: ranges and choices come from the widget.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

import msgspec

from anyspace._errors import RemoteProtocolError
from anyspace.schema._app import App, Choice, Endpoint, OutputField, Parameter, Slot, Visibility
from anyspace.schema._files import holds_file

__all__ = ["parse_app"]

# Widgets that no API caller fills, whatever the version says of them.
_HIDDEN: Final = frozenset(
    """state row column tabs tab tabitem box form accordion group interpretation dataset
    sidebar""".split()
)

# JSON types of the common widgets, for apps whose /info cannot be read.
_WIDGET_TYPES: Final[dict[str, dict[str, Any]]] = {
    "textbox": {"type": "string"},
    "markdown": {"type": "string"},
    "html": {"type": "string"},
    "code": {"type": "string"},
    "number": {"type": "number"},
    "slider": {"type": "number"},
    "checkbox": {"type": "boolean"},
}
_FILE: Final = {
    "type": "object",
    "title": "FileData",
    "properties": {"path": {"type": "string"}, "orig_name": {}, "meta": {}},
    "required": ["path"],
}
# What 3.x says of files is neither today's form nor the form it takes itself.
_GALLERY: Final = {
    "type": "array",
    "items": {"type": "object", "properties": {"image": _FILE, "caption": {}}},
}
# A picture that is painted over, before 4.0: what was painted comes beside it.
_SKETCH: Final = {"type": "object", "properties": {"image": _FILE, "mask": _FILE}}
_FILE_WIDGETS: Final = frozenset(
    "image audio video file model3d uploadbutton downloadbutton".split()
)

_NO_TITLE: Final = "Gradio"  # what an app without a title is called
_HEADINGS: Final = 3
_HEAD: Final = 2000  # characters in which a text's first line is looked for
_MARKUP: Final = re.compile(r"<[^>]*>?|[#*_`]+|\[|\]\([^)]*\)")


class _Component(msgspec.Struct):
    id: int
    type: str = ""
    props: dict[str, Any] = {}
    skip_api: bool | None = None
    api_info: Any = None
    serializer: str | None = None

    @property
    def hidden(self) -> bool:
        return self.type in _HIDDEN if self.skip_api is None else self.skip_api


class _Dependency(msgspec.Struct):
    inputs: list[Any] = []
    outputs: list[Any] = []
    id: int | None = None
    api_name: str | bool | None = None
    api_visibility: str | None = None
    show_api: bool | None = None
    backend_fn: bool | None = None
    queue: bool | None = None
    batch: bool | None = None
    types: dict[str, Any] | None = None
    connection: str | None = None
    targets: list[Any] | None = None
    trigger_after: Any = None


class _Config(msgspec.Struct):
    components: list[_Component]
    dependencies: list[_Dependency]
    title: str | None = None
    version: str | None = None
    space_id: str | None = None
    app_id: Any = None
    max_file_size: Any = None
    enable_queue: bool | None = None
    api_prefix: Any = None
    mcp_server: Any = None


class _InfoField(msgspec.Struct):
    label: Any = None
    type: Any = None
    parameter_name: str | None = None
    parameter_has_default: bool | None = None
    parameter_default: Any = None


class _InfoEndpoint(msgspec.Struct):
    parameters: list[_InfoField] = []
    returns: list[_InfoField] = []
    description: Any = None
    oauth_token: str | None = None


class _Info(msgspec.Struct):
    named_endpoints: dict[str, _InfoEndpoint] = {}
    unnamed_endpoints: dict[str, _InfoEndpoint] = {}


class _Translated(msgspec.Struct):
    key: str


_TRANSLATED: Final = "__i18n__"
_KEYED: Final = msgspec.json.Decoder(_Translated)
_CONFIG: Final = msgspec.json.Decoder(_Config)
_INFO: Final = msgspec.json.Decoder(_Info)


def parse_app(config: bytes, info: bytes | None = None) -> App:
    """Read an app's description.

    Args:
        config: The body of ``/config``.
        info: The body of ``/info``; without it, types come from the widgets.

    Raises:
        RemoteProtocolError: The configuration has not Gradio's form.
    """
    try:
        document = _CONFIG.decode(config)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise RemoteProtocolError(f"the app's /config cannot be read: {exc}") from exc
    told = _read_info(info)
    components = {component.id: component for component in document.components}
    endpoints: dict[str, Endpoint] = {}
    private: list[str] = []
    for position, dependency in enumerate(document.dependencies):
        if dependency.backend_fn is False:
            continue  # runs in the browser only
        endpoint = _read_endpoint(position, dependency, components, told, document)
        if endpoint.visibility is Visibility.PRIVATE:
            private.append(endpoint.name)
        else:
            endpoints[endpoint.name] = endpoint
    return App(
        title=document.title or "",
        version=document.version or "",
        endpoints=endpoints,
        private=tuple(private),
        space_id=document.space_id or "",
        app_id=document.app_id if isinstance(document.app_id, int) else 0,
        max_file_size=_limit(document.max_file_size),
        described=told is not None,
        headings=tuple(_read_headings(document)),
        api_prefix=_text(document.api_prefix),
        mcp_server=document.mcp_server is True,
    )


def _read_info(info: bytes | None) -> _Info | None:
    if info is None:
        return None
    try:
        return _INFO.decode(info)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read_endpoint(
    position: int,
    dependency: _Dependency,
    components: Mapping[int, _Component],
    told: _Info | None,
    config: _Config,
) -> Endpoint:
    fn_index = position if dependency.id is None else dependency.id
    api_name = f"/{dependency.api_name}" if isinstance(dependency.api_name, str) else ""
    known = _InfoEndpoint()
    if told is not None:
        known = (
            told.named_endpoints.get(api_name)
            or told.unnamed_endpoints.get(str(fn_index))
            or _InfoEndpoint()
        )
    inputs = [_find(components, i) or _Component(-1) for i in dependency.inputs]
    outputs = [_find(components, i) or _Component(-1) for i in dependency.outputs]
    parameters, slots = _read_parameters(inputs, known.parameters)
    shown = [component for component in outputs if not component.hidden]
    queued = dependency.queue
    return Endpoint(
        api_name=api_name,
        fn_index=fn_index,
        visibility=_visibility(dependency),
        parameters=parameters,
        outputs=tuple(
            _read_output(component, field)
            for component, field in _side_by_side(shown, known.returns)
        ),
        input_slots=slots,
        output_slots=tuple(not component.hidden for component in outputs),
        description=known.description if isinstance(known.description, str) else "",
        queued=bool(config.enable_queue if queued is None else queued),
        generator=bool((dependency.types or {}).get("generator")),
        batch=bool(dependency.batch),
        streaming=dependency.connection == "stream",
        oauth_token=known.oauth_token or "",
        triggers=tuple(_read_triggers(dependency, components)),
        after=_limit(dependency.trigger_after),
        reads=tuple(component.id for component in inputs if component.type == "state"),
        writes=tuple(component.id for component in outputs if component.type == "state"),
    )


def _visibility(dependency: _Dependency) -> Visibility:
    if dependency.api_name is False or dependency.api_visibility == "private":
        return Visibility.PRIVATE
    if dependency.api_name is None:
        return Visibility.UNNAMED
    if dependency.api_visibility == "undocumented" or dependency.show_api is False:
        return Visibility.UNDOCUMENTED
    return Visibility.PUBLIC


def _read_parameters(
    inputs: list[_Component], told: list[_InfoField]
) -> tuple[tuple[Parameter, ...], tuple[Slot, ...]]:
    shown = [component for component in inputs if not component.hidden]
    names: set[str] = set()
    parameters = []
    for position, (component, field) in enumerate(_side_by_side(shown, told)):
        parameter = _read_parameter(component, field, position, names)
        names.add(parameter.name)
        parameters.append(parameter)
    positions = iter(range(len(parameters)))
    slots = [
        Slot(None, None if component.type == "state" else component.props.get("value"))
        if component.hidden
        else Slot(next(positions))
        for component in inputs
    ]
    return tuple(parameters), tuple(slots)


def _side_by_side(
    shown: list[_Component], told: list[_InfoField]
) -> Iterable[tuple[_Component, _InfoField]]:
    """Pair widgets with what ``/info`` says of them; both leave out the hidden ones."""
    if len(told) != len(shown):
        told = [_InfoField()] * len(shown)
    return zip(shown, told, strict=True)


def _read_parameter(
    component: _Component, told: _InfoField, position: int, taken: set[str]
) -> Parameter:
    props = component.props
    json_type = _json_type(component, told)
    value = props.get("value")
    if told.parameter_has_default is None:
        required, default = value is None, value
    else:
        required, default = not told.parameter_has_default, told.parameter_default
    label = _label(told.label) or _label(props.get("label"))
    choices = _read_choices(props.get("choices"), json_type)
    takes_file = holds_file(json_type)
    return Parameter(
        name=told.parameter_name or _name_from(label, position, taken),
        label=label,
        component=component.type,
        json_type=json_type,
        named=told.parameter_name is not None,
        required=required,
        default=default,
        choices=choices,
        open_choices=bool(props.get("allow_custom_value")),
        multiple=bool(props.get("multiselect")) or component.type == "checkboxgroup",
        minimum=_number(props.get("minimum")),
        maximum=_number(props.get("maximum")),
        step=_number(props.get("step")),
        max_length=_limit(props.get("max_length")),
        file_types=_read_file_types(component),
        headers=_read_headers(props.get("headers")),
        file_count=(_text(props.get("file_count")) or "single") if takes_file else "",
        takes_file=takes_file,
        placeholder=_text(props.get("placeholder")),
        info=_text(props.get("info")),
        mode=_mode(component),
        visible=props.get("visible") not in (False, "hidden"),
        widget=component.id,
    )


def _read_output(component: _Component, told: _InfoField) -> OutputField:
    json_type = _json_type(component, told)
    return OutputField(
        label=_label(told.label) or _label(component.props.get("label")),
        component=component.type,
        json_type=json_type,
        gives_file=holds_file(json_type),
        mode=_mode(component),
        widget=component.id,
    )


def _mode(component: _Component) -> str:
    if component.type == "chatbot":
        return _text(component.props.get("type"))
    # On an empty canvas, before 4.0, the painting is the picture and there is no mask.
    painted = component.type == "image" and component.props.get("tool") == "sketch"
    return "sketch" if painted and component.props.get("source") != "canvas" else ""


def _json_type(component: _Component, told: _InfoField) -> Mapping[str, Any]:
    if component.serializer is None:  # only 3.x has serializers
        for schema in (told.type, component.api_info):
            if isinstance(schema, Mapping):
                return schema
    if _mode(component) == "sketch":
        return _SKETCH
    if component.type in _FILE_WIDGETS:
        many = component.props.get("file_count") in ("multiple", "directory")
        return {"type": "array", "items": _FILE} if many else _FILE
    if component.type == "gallery":
        return _GALLERY
    if isinstance(told.type, Mapping):
        return told.type
    return _WIDGET_TYPES.get(component.type, {})


def _read_choices(listed: Any, json_type: Mapping[str, Any]) -> tuple[Choice, ...] | None:
    if not isinstance(listed, list):
        items = json_type.get("items")
        inner = items.get("enum") if isinstance(items, Mapping) else None
        listed = json_type.get("enum") or inner
    if not isinstance(listed, list):
        return None
    return tuple(
        Choice(str(item[0]), item[1])
        if isinstance(item, list) and len(item) == 2
        else Choice(str(item), item)
        for item in listed
    )


def _read_file_types(component: _Component) -> tuple[str, ...]:
    listed = component.props.get("file_types")
    if isinstance(listed, list):
        return tuple(item for item in listed if isinstance(item, str))
    kinds = {"image": ("image",), "audio": ("audio", "video"), "video": ("video", "audio")}
    return kinds.get(component.type, ())


def _read_headers(listed: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in listed) if isinstance(listed, list) else ()


def _read_triggers(
    dependency: _Dependency, components: Mapping[int, _Component]
) -> Iterable[tuple[str, str, str]]:
    for target in dependency.targets or ():
        widget, event = target if isinstance(target, list) and len(target) == 2 else (target, "")
        component = _find(components, widget)
        if component is None:
            yield "app", "", _text(event)
        else:
            props = component.props
            text = _text(props.get("value" if component.type == "button" else "label"))
            yield component.type, text, _text(event)


def _read_headings(config: _Config) -> Iterable[str]:
    """Take the title and the first line of the page's first texts, without their markup."""
    if config.title and config.title != _NO_TITLE:
        yield config.title
    texts = (c.props.get("value") for c in config.components if c.type in ("markdown", "html"))
    for text in islice((text for text in texts if isinstance(text, str)), _HEADINGS):
        lines = (_MARKUP.sub(" ", line).strip() for line in text[:_HEAD].splitlines())
        yield from islice((line for line in lines if line), 1)


def _name_from(label: str, position: int, taken: set[str]) -> str:
    """Make a keyword from a label, in any alphabet: ``"Guidance Scale"`` → guidance_scale."""
    name = re.sub(r"\W+", "_", label.lower()).strip("_") or f"param_{position}"
    name = f"param_{name}" if name[0].isdigit() else name
    number, unique = 2, name
    while unique in taken:
        number, unique = number + 1, f"{name}_{number}"
    return unique


def _find(components: Mapping[int, _Component], number: Any) -> _Component | None:
    return components.get(number) if isinstance(number, int) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _label(value: Any) -> str:
    """A label as the page shows it, as far as that is known here.

    Some are translated by the browser (seen on 6.31.0), and the app sends no more than
    which word is meant: ``__i18n__{"__type__": …, "key": "chat_interface.chatbot"}``.
    """
    text = _text(value)
    if not text.startswith(_TRANSLATED):
        return text
    try:
        key = _KEYED.decode(text.removeprefix(_TRANSLATED)).key
    except (msgspec.DecodeError, RecursionError):
        return text
    return key.rpartition(".")[2].replace("_", " ").capitalize()


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def _limit(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None else None
