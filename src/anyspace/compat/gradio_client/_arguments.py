"""A caller's arguments in the endpoint's order."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from anyspace._errors import FileError
from anyspace.client import file
from anyspace.compat.gradio_client._failures import FileError as WrongFile
from anyspace.compat.gradio_client._failures import WrongArguments
from anyspace.compat.gradio_client._files import is_file_obj_with_meta, is_http_url_like
from anyspace.schema import Endpoint, FileValue, Parameter, bind_names, is_file_node

__all__ = ["lay_out"]


def lay_out(
    endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any], max_size: int | None
) -> list[Any]:
    """Give every parameter its value, and make files of what is marked as one.

    Values are not checked: gradio_client leaves that to the app, and a choice that the
    app added since may be right.

    Args:
        endpoint: What is called.
        args: Positional arguments.
        kwargs: Named ones.
        max_size: The app's limit for a file in bytes.

    Raises:
        WrongArguments: Names that are unknown, doubled or missing; text where a file is due.
        WrongFile: A file above the app's limit, or not to be read.
    """
    parameters = endpoint.parameters
    if len(args) > len(parameters):
        # Sent by gradio_client, and ignored by the app.
        warnings.warn(
            f"{endpoint.name} takes {len(parameters)} arguments; the last "
            f"{len(args) - len(parameters)} of {len(args)} are left out",
            stacklevel=4,
        )
        args = args[: len(parameters)]
    values, problems = bind_names(endpoint, args, kwargs)
    given = {*(p.name for p in parameters[: len(args)]), *kwargs}
    for position, parameter in enumerate(parameters):
        if parameter.name not in given:
            values[position] = parameter.default
        elif not _is_text_for_a_file(parameter, values[position]):
            values[position] = _with_files(values[position], max_size)
        else:
            problems.append(
                f"{parameter.name}: takes a file, and plain text is none: "
                f"pass handle_file({values[position]!r})"
            )
    if problems:
        raise WrongArguments(
            f"{endpoint.name}: {'; '.join(problems)}", problems=problems, endpoint=endpoint.name
        )
    return values


def _is_text_for_a_file(parameter: Parameter, value: Any) -> bool:
    """Whether the app would fail with words that do not say why."""
    plain = isinstance(value, str) and not value.startswith(("data:", "http://", "https://"))
    return plain and is_file_node(parameter.json_type)


def _with_files(value: Any, max_size: int | None) -> Any:
    if is_file_obj_with_meta(value):
        return _marked(value, max_size)
    if isinstance(value, dict):
        return {key: _with_files(item, max_size) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_files(item, max_size) for item in value]
    return value


def _marked(marked: dict[str, Any], max_size: int | None) -> Any:
    """A file to be sent; what lies on the app's own disk, or nowhere here, goes as it is."""
    path = marked["path"]
    try:
        made: FileValue = file(path)
    except FileError as exc:
        if isinstance(exc.__cause__, FileNotFoundError):
            return marked
        raise WrongFile(str(exc)) from exc
    if is_http_url_like(path):
        return made
    if max_size is not None and made.size is not None and made.size > max_size:
        raise WrongFile(
            f"File {path} exceeds the maximum file size of {max_size} bytes that the app takes."
        )
    return made
