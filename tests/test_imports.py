"""Imports point one way: the table of the house, checked against every import in it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import anyspace

HOUSE = Path(anyspace.__path__[0])

# Each room (or module at the top) and the rooms it may import. Its own modules are its own.
ROOMS = {
    "_errors": set(),
    "_secrets": set(),
    "protocol": {"_errors"},
    "schema": {"_errors"},
    "recipes": {"schema", "_errors"},
    "hub": {"protocol", "_errors"},  # which reads how long a server wants to be left alone
    "contract": {"schema", "_errors"},
    "lock": {"contract", "hub", "_errors"},
    "client": {"protocol", "schema", "hub", "contract", "lock", "_errors"},
    "_blocking": {"client", "contract", "schema", "_errors"},
    "settings": {"hub", "lock", "recipes", "_errors"},
    "capture": {"protocol", "recipes", "schema", "_errors", "_secrets"},
    "tasks": {"client", "_blocking", "recipes", "schema", "settings", "_errors"},
    "_spaces": {"hub", "client", "_blocking", "_errors"},
    "_doctor": {"hub", "client", "_blocking", "recipes", "schema", "_errors"},
    "_locking": {"hub", "client", "contract", "lock", "_blocking", "_errors"},
    "pool": {"client", "_errors"},
    "compat": {"client", "_blocking", "schema", "_errors"},
    "testing": {"protocol", "schema", "_errors", "_secrets"},
    "demo": {"_errors"},
}
ROOMS["gateway"] = set(ROOMS) - {"demo", "testing", "compat"}
# The command line stands on all of them; what starts it stands on the command line.
ROOMS["cli"] = set(ROOMS)
ROOMS["__main__"] = {"cli"}
ROOMS["__init__"] = set(ROOMS) - {"__main__", "cli", "compat", "gateway", "pool", "testing", "demo"}

# Who may import what others have written. The standard library is everybody's.
LIBRARIES = {
    "_errors": set(),
    "_secrets": set(),
    "protocol": {"msgspec"},
    "schema": {"msgspec"},
    "recipes": {"msgspec"},
    "contract": {"msgspec"},
    "lock": {"msgspec"},
    "capture": {"msgspec", "ijson"},
    "hub": {"msgspec", "huggingface_hub"},
    "client": {"msgspec", "aiohttp", "yarl", "PIL"},
    "_blocking": {"PIL"},
    "settings": {"msgspec", "tomlkit"},
    "tasks": {"msgspec", "PIL", "huggingface_hub", "numpy"},
    "_spaces": set(),
    "_doctor": {"msgspec"},
    "_locking": {"msgspec"},
    "pool": {"msgspec"},
    "compat": {"huggingface_hub", "packaging"},
    "testing": {"msgspec", "huggingface_hub"},
    "demo": {"gradio", "numpy", "PIL"},
    "gateway": {
        "av",
        "litestar",
        "msgspec",
        "opentelemetry",
        "PIL",
        "prometheus_client",
        "uvicorn",
    },
    "cli": {"msgspec", "click", "rich", "PIL"},
    "__main__": set(),
    "__init__": set(),
}
# These are large; the rooms that use them load them when they are used.
INSIDE_FUNCTIONS = {
    "capture": {"ijson"},
    "hub": {"huggingface_hub"},
    "client": {"PIL"},
    "cli": {"PIL"},
    "gateway": {"PIL", "av", "opentelemetry"},
    "testing": {"huggingface_hub"},
    "settings": {"tomlkit"},
    "tasks": {"PIL", "huggingface_hub", "numpy"},
    "compat": {"huggingface_hub", "packaging"},
}
PURE = ("_errors", "protocol", "schema", "contract", "recipes")
PURE = ("_errors", "_secrets", "protocol", "schema", "recipes", "capture")
WORLDLY = {"asyncio", "concurrent", "http", "multiprocessing", "os", "random", "secrets", "select"}
WORLDLY |= {"socket", "ssl", "subprocess", "threading", "time", "urllib.request"}


class Import(NamedTuple):
    """One import of one module."""

    where: str
    room: str
    target: str
    in_function: bool
    for_types_only: bool


def modules() -> Iterator[tuple[Path, str, ast.Module]]:
    for path in sorted(HOUSE.rglob("*.py")):
        inside = path.relative_to(HOUSE)
        room = inside.parts[0] if len(inside.parts) > 1 else inside.stem
        yield path, room, ast.parse(path.read_text(encoding="utf-8"))


def imports() -> Iterator[Import]:
    for path, room, tree in modules():
        yield from _below(tree, str(path.relative_to(HOUSE)), room, False, False)


def _below(node: ast.AST, where: str, room: str, inside: bool, types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        place = f"{where}:{getattr(child, 'lineno', 0)}"
        if isinstance(child, ast.Import):
            for name in child.names:
                yield Import(place, room, name.name, inside, types)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{place}: a relative import hides where it leads"
            module = child.module or ""
            if module == "anyspace":  # each name may be a room
                for name in child.names:
                    yield Import(place, room, f"anyspace.{name.name}", inside, types)
            else:
                yield Import(place, room, module, inside, types)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            guarded = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from _below(child, where, room, inside or function, types or guarded)


EVERY = list(imports())


def target_room(target: str) -> str:
    """The room of ``anyspace.room.module``; a name of the package itself is its ``__init__``."""
    name = target.split(".")[1] if "." in target else "__init__"
    return name if name in ROOMS else "__init__"


def test_the_table_names_every_room():
    """Ours: a new room gets a row, or this fails."""
    rooms = {room for _, room, _ in modules()}
    assert rooms <= set(ROOMS)
    assert set(ROOMS) == set(LIBRARIES)


def test_rooms_import_only_what_the_table_allows():
    """Ours: three pure machines and thin drivers around them."""
    wrong = []
    for found in EVERY:
        if not found.target.startswith("anyspace"):
            continue
        room = target_room(found.target)
        from_package = room == "__init__" and (
            found.room == "cli" or found.target == "anyspace.__version__"
        )
        if room != found.room and room not in ROOMS[found.room] and not from_package:
            wrong.append(f"{found.where}: {found.room} imports {found.target}")
    assert wrong == []


def test_rooms_are_entered_by_the_door():
    """Ours: what another room keeps to itself is not imported from it."""
    wrong = [
        f"{found.where}: {found.target}"
        for found in EVERY
        if found.target.startswith("anyspace.")
        and target_room(found.target) != found.room
        and found.target.count(".") > 1
    ]
    assert wrong == []


def test_other_peoples_libraries_stay_in_the_rooms_that_need_them():
    """Ours: only `client` speaks HTTP, only `hub` asks the Hub, only `cli` draws on terminals."""
    wrong = []
    for found in EVERY:
        library = found.target.partition(".")[0]
        if library == "anyspace" or library in sys.stdlib_module_names:
            continue
        if library not in LIBRARIES[found.room]:
            wrong.append(f"{found.where}: {found.room} imports {library}")
        lazy = found.in_function or found.for_types_only
        if library in INSIDE_FUNCTIONS.get(found.room, ()) and not lazy:
            wrong.append(f"{found.where}: {library} is loaded with the room")
    assert wrong == []


def test_pure_rooms_know_no_world():
    """Ours: no socket, clock, thread or await in there."""
    wrong = [
        f"{found.where}: {found.target}"
        for found in EVERY
        if found.room in PURE
        and (found.target in WORLDLY or found.target.partition(".")[0] in WORLDLY - {"urllib"})
    ]
    waiting = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith
    wrong += [
        f"{path}:{node.lineno}: waits"
        for path, room, tree in modules()
        if room in PURE
        for node in ast.walk(tree)
        if isinstance(node, waiting)
    ]
    assert wrong == []


def test_nothing_prints_but_the_command_line_the_demos_and_who_has_to():
    """Ours: a library that prints cannot be silenced by its host.

    `compat` prints what those print whose names it has, and `verbose=False` silences it.
    """
    wrong = [
        f"{path}:{node.lineno}"
        for path, room, tree in modules()
        if room not in ("cli", "compat", "demo")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        (
            "import anyspace",
            {"aiohttp", "PIL", "huggingface_hub", "numpy", "asyncio", "click", "rich", "msgspec"},
        ),
        (
            "import anyspace.protocol",
            {"aiohttp", "PIL", "huggingface_hub", "asyncio", "anyspace.client"},
        ),
        (
            "import anyspace.schema",
            {"aiohttp", "PIL", "huggingface_hub", "asyncio", "anyspace.protocol"},
        ),
        (
            "import anyspace.recipes",
            {"aiohttp", "PIL", "huggingface_hub", "asyncio", "anyspace.client"},
        ),
        (
            "import anyspace.capture",
            {"aiohttp", "PIL", "huggingface_hub", "asyncio", "ijson", "anyspace.client"},
        ),
        ("import anyspace.hub", {"aiohttp", "PIL", "huggingface_hub", "anyspace.client"}),
        ("import anyspace.client", {"PIL", "huggingface_hub", "numpy", "click", "rich"}),
        (
            "import anyspace; anyspace.Client",
            {"PIL", "huggingface_hub", "numpy", "anyspace.recipes"},
        ),
        ("import anyspace; anyspace.text_to_image", {"PIL", "huggingface_hub", "numpy"}),
        (
            "from anyspace.compat.gradio_client import Client, Job, handle_file",
            {"aiohttp", "PIL", "huggingface_hub", "numpy", "msgspec", "anyspace.client"},
        ),
        ("import anyspace.testing", {"aiohttp", "PIL", "huggingface_hub", "anyspace.client"}),
    ],
)
def test_heavy_things_are_loaded_when_they_are_needed(statement, absent):
    """Ours: ``import anyspace`` sits beside the small libraries."""
    code = f"import sys; before = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    command = [sys.executable, "-c", code]
    path = {"PYTHONPATH": str(HOUSE.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=path)
    assert absent.isdisjoint(done.stdout.split())


def test_importing_loads_two_modules_of_ours():
    """Ours: the package and its errors; the rooms come with their first use."""
    code = "import sys, anyspace; print(*(m for m in sys.modules if m.startswith('anyspace')))"
    command = [sys.executable, "-c", code]
    path = {"PYTHONPATH": str(HOUSE.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=path)
    assert sorted(done.stdout.split()) == ["anyspace", "anyspace._errors"]
