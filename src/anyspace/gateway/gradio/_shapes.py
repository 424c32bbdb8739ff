"""Shapes: endpoints that tools have built in, and that any Space of the task is given.

A `Shape` says what an endpoint takes and gives, whatever the Space behind it looks like.
For text to image there are the two of the Spaces that such tools know best, FLUX.1-schnell's
``/infer`` and Midjourney's ``/run``, under the numbers they had; every task has one of its
own, with the task's fields.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Protocol

import msgspec

from anyspace.recipes import (
    Binding,
    Kind,
    Media,
    field_kind,
    field_names,
    needed_fields,
    result_media,
)
from anyspace.schema import Choice, Endpoint, OutputField, Parameter, Slot

__all__ = ["Made", "Role", "Shape", "fit_shape", "plan_values", "say_result", "shapes_for"]

_MAX_SEED: Final = 2**31 - 1
_PLAIN_STYLE: Final = "2560 x 1440"  # what Midjourney calls the style that changes nothing
_TEXT_TO_IMAGE: Final = "text-to-image"


class Made(Protocol):
    """What a task has made, in the end or so far."""

    @property
    def files(self) -> Sequence[Any]:
        """The files, the best first."""
        ...

    @property
    def text(self) -> str:
        """The result as text."""
        ...

    @property
    def data(self) -> Any:
        """The result's numbers."""
        ...


class Role(Enum):
    """What an output is."""

    BEST = "best"
    """The first file."""
    ALL = "all"
    """Every file."""
    GALLERY = "gallery"
    """Every file, as pictures with captions."""
    TEXT = "text"
    DATA = "data"
    SEED = "seed"
    """The seed that was used."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint, whatever the Space behind it looks like.

    Attributes:
        name: With its slash.
        task: What it does, a pipeline tag.
        parameters: What it takes; named as the task's fields.
        outputs: What it gives, and what each of them is.
        number: Its ``fn_index``, for tools that have that built in; None for any.
        partial: The result so far is shown while it is made. Tools with a built-in shape
            take the first thing they are shown for the result.
        description: For people.
    """

    name: str
    task: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[tuple[Role, OutputField], ...]
    number: int | None = None
    partial: bool = False
    description: str = ""

    @property
    def endpoint(self) -> Endpoint:
        """It, as an endpoint of an app."""
        return Endpoint(
            api_name=self.name,
            fn_index=self.number or 0,
            parameters=self.parameters,
            outputs=tuple(field for _, field in self.outputs),
            input_slots=tuple(Slot(place) for place in range(len(self.parameters))),
            output_slots=(True,) * len(self.outputs),
            description=self.description,
            generator=self.partial,
        )

    def is_shape_of(self, endpoint: Endpoint) -> bool:
        """Whether who calls this shape could as well call an endpoint of a Space.

        It takes the same names first, in the same order, wants nothing else, and gives
        the same sort of result first.
        """
        own = endpoint.parameters
        names = [parameter.name for parameter in self.parameters]
        return (
            [parameter.name for parameter in own[: len(names)]] == names
            and not any(parameter.required for parameter in own[len(names) :])
            and bool(endpoint.outputs)
            and endpoint.outputs[0].component == self.outputs[0][1].component
        )


def shapes_for(task: str) -> tuple[Shape, ...]:
    """The shapes of a task; none for none."""
    if not task:
        return ()
    known = (_FLUX, _MIDJOURNEY) if task == _TEXT_TO_IMAGE else ()
    return (*known, _task_shape(task))


def fit_shape(shape: Shape, binding: Binding | None) -> Shape:
    """Take defaults, ranges and choices from the Space, where it has the parameter.

    Names, order and kinds stay. So a tool that sends everything sends what it always does,
    and one that leaves something out gets what the Space itself would do.
    """
    if binding is None:
        return shape
    parameters = tuple(_fitted(parameter, binding) for parameter in shape.parameters)
    return msgspec.structs.replace(shape, parameters=parameters)


def plan_values(
    arguments: Mapping[str, Any], draw: Callable[[int], int] = secrets.randbelow
) -> tuple[dict[str, Any], int]:
    """Turn the arguments of a shape into values of its task.

    A random seed is drawn here, so that it is known whatever the Space says, and a Space
    that draws none by itself has one too.

    Returns:
        The values by field, and the seed.
    """
    values = {name: value for name, value in arguments.items() if value is not None}
    seed = values.get("seed")
    if values.pop("randomize_seed", None) or ("seed" in arguments and seed is None):
        values["seed"] = draw(_MAX_SEED + 1)
    if values.pop("use_negative_prompt", True) is False:
        values.pop("negative_prompt", None)
    if values.get("style") == _PLAIN_STYLE:
        del values["style"]
    return values, _whole(values.get("seed", 0))


def say_result(shape: Shape, made: Made, seed: int) -> list[Any]:
    """Lay out what a task has made as the shape's outputs."""
    return [_say(role, made, seed) for role, _ in shape.outputs]


def _say(role: Role, made: Made, seed: int) -> Any:
    files = list(made.files)
    if role is Role.BEST:
        return files[0] if files else None
    if role is Role.GALLERY:
        return [{"image": file, "caption": None} for file in files]
    return {Role.ALL: files, Role.TEXT: made.text, Role.DATA: made.data, Role.SEED: seed}[role]


def _whole(seed: Any) -> int:
    try:
        return int(seed)
    except (TypeError, ValueError, OverflowError):
        return 0  # the Space's refusal says what is wrong with it


def _fitted(parameter: Parameter, binding: Binding) -> Parameter:
    bound = binding.find(parameter.name) if parameter.name not in _OURS else None
    if bound is None or bound.position >= len(binding.endpoint.parameters):
        return parameter
    own = binding.endpoint.parameters[bound.position]
    if own.name != bound.parameter or own.json_type.get("type") not in (
        parameter.json_type.get("type"),
        "integer",
    ):
        return parameter
    return msgspec.structs.replace(
        parameter,
        component=own.component,
        required=parameter.required,
        default=parameter.default if parameter.required else own.default,
        json_type=own.json_type,
        choices=own.choices,
        open_choices=own.choices is not None,  # another is brought to the nearest
        minimum=own.minimum,
        maximum=own.maximum,
        step=own.step,
        info=own.info,
    )


# --- what they are made of -------------------------------------------------------------

_OURS: Final = frozenset(("seed", "randomize_seed", "use_negative_prompt"))
_FILE: Final = {
    "title": "FileData",
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "url": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "orig_name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "mime_type": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "meta": {"type": "object"},
    },
    "required": ["path"],
}
_GALLERY: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "image": _FILE,
            "caption": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    },
}
_ANYTHING: Final = {"type": {}, "description": "any valid json"}
_TYPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "textbox": {"type": "string"},
    "number": {"type": "number"},
    "slider": {"type": "number"},
    "checkbox": {"type": "boolean"},
    "radio": {"type": "string"},
    "json": _ANYTHING,
    "gallery": _GALLERY,
    **dict.fromkeys(("image", "audio", "video", "model3d", "file"), _FILE),
}
_FILES: Final = {"type": "array", "items": _FILE}
_WIDGETS: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "textbox",
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.SWITCH: "checkbox",
    Kind.CHOICE: "textbox",
    Kind.LANGUAGE: "textbox",
    Kind.SIZE: "textbox",
    Kind.IMAGE: "image",
    Kind.MASK: "image",
    Kind.AUDIO: "audio",
    Kind.VIDEO: "video",
    Kind.DOCUMENT: "file",
    Kind.HISTORY: "json",
}


def _takes(name: str, kind: str, label: str = "", **more: Any) -> Parameter:
    json_type = _TYPES[kind]
    return Parameter(
        name=name,
        label=label or name.replace("_", " ").capitalize(),
        component=kind,
        json_type=json_type,
        takes_file=json_type is _FILE,
        file_count="single" if json_type is _FILE else "",
        **more,
    )


def _optional(name: str, kind: str, default: Any = None, label: str = "", **more: Any) -> Parameter:
    return _takes(name, kind, label, required=False, default=default, **more)


def _gives(role: Role, kind: str, label: str) -> tuple[Role, OutputField]:
    json_type = _FILES if role is Role.ALL else _TYPES[kind]
    files = role in (Role.BEST, Role.ALL, Role.GALLERY)
    return role, OutputField(label=label, component=kind, json_type=json_type, gives_file=files)


def _side(name: str, least: int, step: int) -> Parameter:
    return _optional(name, "slider", 1024, minimum=least, maximum=2048, step=step)


_SEED: Final = _optional("seed", "slider", 0, minimum=0, maximum=_MAX_SEED, step=1)
_RANDOMIZE: Final = _optional("randomize_seed", "checkbox", True)
_SEED_USED: Final = _gives(Role.SEED, "slider", "Seed")

# The facts of both are those of the Spaces themselves.
_FLUX: Final = Shape(
    name="/infer",
    number=2,
    task=_TEXT_TO_IMAGE,
    parameters=(
        _takes("prompt", "textbox"),
        _SEED,
        _RANDOMIZE,
        _side("width", 256, 32),
        _side("height", 256, 32),
        _optional(
            "num_inference_steps",
            "slider",
            4,
            "Number of inference steps",
            minimum=1,
            maximum=50,
            step=1,
        ),
    ),
    outputs=(_gives(Role.BEST, "image", "Result"), _SEED_USED),
    description="Draw a picture. In the shape of FLUX.1-schnell, with whatever Space there is.",
)
_MIDJOURNEY: Final = Shape(
    name="/run",
    number=3,
    task=_TEXT_TO_IMAGE,
    parameters=(
        _takes("prompt", "textbox"),
        _optional("negative_prompt", "textbox", ""),
        _optional("use_negative_prompt", "checkbox", True),
        _optional(
            "style",
            "radio",
            _PLAIN_STYLE,
            "Image Style",
            choices=(Choice(_PLAIN_STYLE, _PLAIN_STYLE),),
            open_choices=True,
        ),
        _SEED,
        _side("width", 512, 8),
        _side("height", 512, 8),
        _optional("guidance_scale", "slider", 6, minimum=0.1, maximum=20, step=0.1),
        _RANDOMIZE,
    ),
    outputs=(_gives(Role.GALLERY, "gallery", "Result"), _SEED_USED),
    description="Draw pictures. In the shape of Midjourney, with whatever Space there is.",
)


def _task_shape(task: str) -> Shape:
    """A task's own: named after it, with its fields."""
    needed = {name for group in needed_fields(task) if len(group) == 1 for name in group}
    names = [name for name in field_names(task) if name != "fix_seed"]  # randomize_seed says it
    return Shape(
        name=f"/{task.replace('-', '_')}",
        task=task,
        parameters=tuple(
            _takes(name, _WIDGETS[field_kind(task, name)])
            if name in needed
            else _optional(name, _WIDGETS[field_kind(task, name)])
            for name in sorted(names, key=lambda name: name not in needed)
        ),
        outputs=_task_outputs(task, "seed" in names),
        partial=True,
        description=f"The task {task} with its fields, whatever they are called at the Space.",
    )


def _task_outputs(task: str, seeded: bool) -> tuple[tuple[Role, OutputField], ...]:
    media = result_media(task)
    seed = (_SEED_USED,) if seeded else ()
    every = _gives(Role.ALL, "file", "All files")
    if media is Media.DATA:
        return (_gives(Role.DATA, "json", "Result"), *seed)
    if media is Media.TEXT:
        return (_gives(Role.TEXT, "textbox", "Result"), every, *seed)
    kind = "model3d" if media is Media.MODEL else media.value
    return (_gives(Role.BEST, kind, "Result"), every, *seed)
