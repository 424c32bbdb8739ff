"""``/v1/spaces/{model}``: what a model takes, as its Space says it and as a task has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from anyspace._errors import BindingError
from anyspace.gateway._answers import documented
from anyspace.gateway._gateway import Gateway
from anyspace.gateway._models import Model
from anyspace.gateway.spaces._names import model_in
from anyspace.recipes import Binding, field_kind, field_names
from anyspace.schema import Endpoint, OutputField, Parameter, Visibility

__all__ = ["SpaceDescription", "describe_below", "describe_space"]


class ParameterDescription(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One parameter of an endpoint, or the parameter behind a field of a task.

    Attributes:
        name: Its name.
        label: What the Space's page shows above it.
        component: Its widget.
        required: It has no default.
        default: What holds when nothing is given.
        choices: The values on offer.
        open_choices: Others are taken, too.
        multiple: Several may be picked.
        minimum: The smallest number taken.
        maximum: The largest.
        step: The widget's step.
        file: A file stands in it.
        type: The JSON Schema of its values.
    """

    name: str
    label: str
    component: str
    required: bool
    default: Any = None
    choices: list[Any] | None = None
    open_choices: bool = False
    multiple: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    file: bool = False
    type: Mapping[str, Any] = {}


class OutputDescription(msgspec.Struct, kw_only=True):
    """One value that an endpoint returns.

    Attributes:
        label: What the Space's page shows above it.
        component: Its widget.
        file: A file stands in it.
    """

    label: str
    component: str
    file: bool


class EndpointDescription(msgspec.Struct, kw_only=True):
    """One endpoint.

    Attributes:
        name: Its name, as ``/v1/spaces/{model}/call/{endpoint}`` takes it.
        description: The Space's own words.
        parameters: What it takes, in order.
        returns: What it gives.
        stream: It gives results on the way.
    """

    name: str
    description: str
    parameters: list[ParameterDescription]
    returns: list[OutputDescription]
    stream: bool


class FieldDescription(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One field of the task.

    Attributes:
        name: Its name in requests.
        kind: What sort of value it takes: ``text``, ``integer``, ``image``…
        offered: The Space has a place for it; else it is left out, with a note.
        parameter: What takes it.
        endpoint: Whose parameter that is.
        reason: What speaks for that.
        becomes: What becomes of a value on its way.
    """

    name: str
    kind: str
    offered: bool
    parameter: ParameterDescription | None = None
    endpoint: str = ""
    reason: str = ""
    becomes: str = ""


class TaskDescription(msgspec.Struct, kw_only=True):
    """How the model's task is done.

    Attributes:
        name: The task, a pipeline tag.
        endpoint: The endpoint that does it.
        chain: All calls that it takes, in order, when it takes several.
        score: How sure that is, 0 to 1.
        fields: What requests may say.
        warnings: What to know before relying on it.
    """

    name: str
    endpoint: str
    chain: list[str]
    score: float
    fields: list[FieldDescription]
    warnings: list[str]


class SpaceDescription(msgspec.Struct, kw_only=True):
    """What a model takes.

    Attributes:
        model: Its name.
        space: The Space that told this: the first of the model's that answers.
        title: The Space's own title.
        gradio: The version of Gradio it runs on.
        task: How its task is done; null when it does none that is known.
        endpoints: Everything that can be called.
    """

    model: str
    space: str
    title: str
    gradio: str
    task: TaskDescription | None
    endpoints: list[EndpointDescription]


@get("/v1/spaces/{model:str}", **documented(SpaceDescription))
async def describe_space(
    model: FromPath[str], gateway: NamedDependency[Gateway], task: FromQuery[str | None] = None
) -> SpaceDescription:
    """Describe what a model takes: for its task, or another one, and endpoint by endpoint."""
    found = await gateway.models.find(model_in(model), ())
    client, app = await found.describe()
    return SpaceDescription(
        model=found.name,
        space=client.space,
        title=app.title,
        gradio=app.version,
        task=await _task(found, task),
        endpoints=[
            _endpoint(endpoint)
            for endpoint in app.endpoints.values()
            if endpoint.visibility is not Visibility.PRIVATE
        ],
    )


# The router prefers this one, which takes names with slashes, too; documents have no word for it.
@get("/v1/spaces/{path:path}", include_in_schema=False)
async def describe_below(
    path: FromPath[str], gateway: NamedDependency[Gateway], task: FromQuery[str | None] = None
) -> SpaceDescription:
    """The same for names with slashes."""
    described: SpaceDescription = await describe_space.fn(path, gateway, task)
    return described


async def _task(model: Model, asked: str | None) -> TaskDescription | None:
    task = asked or await model.find_task()
    if not task:
        return None
    try:
        binding = await model.bind(task)
    except BindingError:
        if asked:
            raise
        return None
    return TaskDescription(
        name=task,
        endpoint=binding.endpoint.name,
        chain=[step.endpoint.name for step in binding.chain],
        score=round(binding.score, 3),
        fields=[_field(binding, name) for name in field_names(task)],
        warnings=list(binding.warnings),
    )


def _field(binding: Binding, name: str) -> FieldDescription:
    kind = field_kind(binding.task, name).value
    for endpoint, bounds in (
        (binding.endpoint, binding.bound),
        *((step.endpoint, step.bound) for step in binding.chain),
    ):
        for bound in bounds:
            if bound.field == name:
                return FieldDescription(
                    name=name,
                    kind=kind,
                    offered=True,
                    parameter=_parameter(endpoint.parameters[bound.position]),
                    endpoint=endpoint.name,
                    reason=bound.reason,
                    becomes=bound.transform,
                )
    return FieldDescription(name=name, kind=kind, offered=False)


def _endpoint(endpoint: Endpoint) -> EndpointDescription:
    return EndpointDescription(
        name=endpoint.name,
        description=endpoint.description,
        parameters=[_parameter(parameter) for parameter in endpoint.parameters],
        returns=[_output(output) for output in endpoint.outputs],
        stream=endpoint.generator,
    )


def _parameter(parameter: Parameter) -> ParameterDescription:
    choices = parameter.choices
    return ParameterDescription(
        name=parameter.name,
        label=parameter.label,
        component=parameter.component,
        required=parameter.required,
        default=parameter.default,
        choices=None if choices is None else [choice.value for choice in choices],
        open_choices=parameter.open_choices,
        multiple=parameter.multiple,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        step=parameter.step,
        file=parameter.takes_file,
        type=parameter.json_type,
    )


def _output(output: OutputField) -> OutputDescription:
    return OutputDescription(label=output.label, component=output.component, file=output.gives_file)
