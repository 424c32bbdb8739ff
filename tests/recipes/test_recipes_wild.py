"""Bindings of apps as they are found in the wild, of every task."""

from __future__ import annotations

import msgspec
import pytest

from anyspace import recipes
from anyspace.schema import App
from tests.recipes.wild import Label, WildApp, load

APPS = list(load())
RIGHT = [(app, label) for app in APPS for label in app.labels]
WRONG = [(app, task) for app in APPS for task in app.no]


@pytest.mark.parametrize(("wild", "label"), RIGHT, ids=[f"{a.name}: {w.task}" for a, w in RIGHT])
def test_an_app_is_bound_as_an_expert_would(wild: WildApp, label: Label):
    """Written from the sources of public apps; the labels are ours."""
    binding = recipes.bind(wild.app, label.task)
    names = [parameter.name for parameter in binding.endpoint.parameters]
    bound = {name: getattr(binding.find(name), "position", None) for name in label.fields}
    wanted = {f: int(p) if p.isdigit() else names.index(p) for f, p in label.fields.items()}

    assert binding.endpoint.name in label.endpoints, binding.explain()
    assert bound == wanted, binding.explain()
    assert binding.output.index in label.outputs, binding.explain()
    assert binding.score >= 0.5, binding.explain()


def bare(app: App) -> App:
    """What `/info` alone tells: no page, no hints, no buttons."""
    silent = {"placeholder": "", "info": "", "file_types": (), "visible": True}
    replace = msgspec.structs.replace
    return replace(
        app,
        title="",
        headings=(),
        endpoints={
            name: replace(
                endpoint,
                triggers=(),
                parameters=tuple(replace(p, **silent) for p in endpoint.parameters),
            )
            for name, endpoint in app.endpoints.items()
        },
    )


@pytest.mark.parametrize(("wild", "label"), RIGHT, ids=[f"{a.name}: {w.task}" for a, w in RIGHT])
def test_an_app_is_bound_the_same_by_its_info_alone(wild: WildApp, label: Label):
    """Ours: less is said, so the score is lower, but the answer stays."""
    binding = recipes.bind(bare(wild.app), label.task)
    names = [parameter.name for parameter in binding.endpoint.parameters]
    bound = {name: getattr(binding.find(name), "position", None) for name in label.fields}

    assert binding.endpoint.name in label.endpoints, binding.explain()
    assert bound == {f: int(p) if p.isdigit() else names.index(p) for f, p in label.fields.items()}
    assert binding.output.index in label.outputs, binding.explain()


@pytest.mark.parametrize(("wild", "task"), WRONG, ids=[f"{a.name}: no {t}" for a, t in WRONG])
def test_what_an_app_cannot_do_is_not_relied_on(wild: WildApp, task: str):
    """Ours: a wrong call costs more than an honest refusal."""
    ranked = recipes.rank(wild.app, task)

    assert not ranked or ranked[0].score < 0.5, ranked[0].explain()
