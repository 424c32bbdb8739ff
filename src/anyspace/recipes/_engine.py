"""Fit a task to an app: every endpoint is tried, the best one wins and says why."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from anyspace._errors import BindingError
from anyspace.recipes._binding import Alternative, Binding, Bound, Flow, Step
from anyspace.recipes._chains import feeders
from anyspace.recipes._endpoints import asks_consent, needed, unfilled_files
from anyspace.recipes._task import Task
from anyspace.recipes._tasks import find_field, find_task, lexicon_of
from anyspace.recipes._trials import SURE, Misfit, Trial, Wish, try_all
from anyspace.recipes._values import describe
from anyspace.schema import App, Visibility

__all__ = ["bind", "rank"]

_LEAST: Final = 0.15  # below this an endpoint is taken only when the caller names it
_NEAR: Final = 0.25  # so much worse an endpoint may be that offers what the caller wants
_CLOSE: Final = 0.03  # a runner-up this near is worth a warning


def bind(
    app: App,
    task: str,
    *,
    endpoint: str | None = None,
    overrides: Mapping[str, str] | None = None,
    wants: Iterable[str] = (),
) -> Binding:
    """Fit a task to the best endpoint of an app, or to the one named.

    Args:
        app: The app's description.
        task: A pipeline tag (``"text-to-image"``).
        endpoint: The endpoint to use; the best one when not given.
        overrides: For some fields the name of the parameter that takes it, where the
            engine would err.
        wants: The fields that the caller is going to give; of endpoints that do the
            task about as well the one that offers more of them is taken, and a file that
            is among them is no obstacle.

    Raises:
        BindingError: Nothing fits, or an override names what does not exist.
        UnknownEndpoint: The app has no endpoint of that name.
    """
    recipe = find_task(task)
    stated = _check_fields(recipe, overrides or {})
    candidates = app.endpoints.values() if endpoint is None else [app.endpoint(endpoint)]
    fields = {field for name in wants if (field := find_field(recipe, name))}
    fitting, misfits = try_all(app, recipe, candidates, Wish(stated, fields))
    if not fitting or (fitting[0].score < _LEAST and endpoint is None):
        raise _nothing_fits(app, recipe, fitting, misfits)
    best = max(fitting, key=lambda trial: _serves(trial, fitting[0], fields))
    return _binding(app, recipe, best, [best, *(t for t in fitting if t is not best)])


def _serves(trial: Trial, best: Trial, fields: Collection[str]) -> tuple[int, float]:
    """Count the fields that it offers, if it is nearly as good as the best.

    What an app leaves out of its documentation is mostly a step of something: it may
    well take more, and still lack what the step before it leaves in the session.
    """
    near = trial.score >= min(SURE, best.score) and trial.score >= best.score - _NEAR
    near = near and (_is_shown(trial) or not _is_shown(best))
    return (sum(field in trial.positions for field in fields) if near else 0, trial.score)


def rank(app: App, task: str) -> list[Binding]:
    """List every endpoint that could serve a task, the best first.

    Raises:
        BindingError: There is no recipe for the task.
    """
    recipe = find_task(task)
    fitting, _ = try_all(app, recipe, app.endpoints.values(), Wish())
    return [_binding(app, recipe, trial) for trial in fitting]


def _is_shown(trial: Trial) -> bool:
    return trial.whole.visibility is not Visibility.UNDOCUMENTED


# --- the outcome --------------------------------------------------------------------


def _binding(app: App, task: Task, trial: Trial, fitting: Sequence[Trial] = ()) -> Binding:
    steps = _steps(app, task, trial)
    return Binding(
        task=task.name,
        endpoint=trial.endpoint,
        bound=steps[-1].bound if trial.chain else _bounds(task, trial),
        output=trial.output,
        score=trial.score,
        reasons=trial.reasons,
        warnings=(*_warnings(task, trial, steps), *_rivals(fitting)),
        constants=trial.constants,
        chain=steps,
        alternatives=tuple(Alternative(t.endpoint.name, t.score) for t in fitting[1:]),
    )


def _warnings(task: Task, trial: Trial, steps: Sequence[Step]) -> Iterable[str]:
    taken = {trial.whole.parameters[position].name for position in trial.positions.values()}
    main = {trial.whole.parameters[i].name for i in needed(task, trial.positions)}
    for name in unfilled_files(trial.whole):
        if name in main:
            continue
        yield f"{name} takes a file and has no default: none is sent unless it is given"
    for parameter in trial.whole.parameters:
        if parameter.name not in taken and asks_consent(parameter):
            yield f"{parameter.name} asks for consent: give {parameter.name}=True if you agree"
    if trial.endpoint.oauth_token == "required":
        yield "it wants the caller's own token"
    for step in steps:
        if not step.needed:
            yield f"it reads what {step.endpoint.name} leaves in the session"


def _steps(app: App, task: Task, trial: Trial) -> tuple[Step, ...]:
    if trial.chain is None:
        taken = {trial.whole.parameters[position].widget for position in trial.positions.values()}
        before = feeders(app, trial.endpoint, taken)[:1]
        last = Step(endpoint=trial.endpoint, bound=_bounds(task, trial), session=True)
        return tuple([*(Step(endpoint=e, needed=False) for e in before), last] if before else [])
    bounds = _bounds(task, trial)
    steps = []
    for number, endpoint in enumerate(trial.chain.steps):
        own = [
            msgspec.structs.replace(
                bound,
                position=trial.origins[bound.position].position,
                parameter=endpoint.parameters[trial.origins[bound.position].position].name,
            )
            for bound in bounds
            if trial.origins[bound.position].step == number
        ]
        flows = tuple(
            Flow(step, output, endpoint.parameters[position].name)
            for step, output, position in trial.chain.flows[number]
        )
        written = {state for earlier in trial.chain.steps[:number] for state in earlier.writes}
        session = bool(written & set(endpoint.reads))
        steps.append(Step(endpoint=endpoint, bound=tuple(own), flows=flows, session=session))
    return tuple(steps)


def _bounds(task: Task, trial: Trial) -> tuple[Bound, ...]:
    fields = lexicon_of(task.name).fields
    bounds = []
    for name, position in sorted(trial.positions.items(), key=lambda item: item[1]):
        parameter, claim = trial.whole.parameters[position], trial.claims[name]
        bounds.append(
            Bound(
                field=name,
                parameter=parameter.name,
                position=position,
                score=round(claim.score, 3),
                reason=claim.reason,
                transform=describe(fields[name], parameter),
            )
        )
    return tuple(bounds)


def _rivals(fitting: Sequence[Trial]) -> Iterable[str]:
    """Name the endpoints that fit as well as the best and are not the same thing twice."""
    for other in fitting[1:]:
        best = fitting[0]
        if best.score - other.score > _CLOSE:
            return
        if other.endpoint.parameters != best.endpoint.parameters:
            yield f"{other.endpoint.name} fits nearly as well ({other.score:.2f})"


# --- what is wrong ------------------------------------------------------------------


def _check_fields(task: Task, overrides: Mapping[str, str]) -> dict[str, str]:
    known = [field.name for field in task.fields]
    stated: dict[str, str] = {}
    for name, parameter in overrides.items():
        field = find_field(task, name)
        if field is None:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
            raise BindingError(f"{task.name} has no field {name!r}; {hint}")
        stated[field] = parameter
    owners: dict[str, str] = {}
    for name, parameter in stated.items():
        other = owners.setdefault(parameter, name)
        if other != name:
            raise BindingError(f"{other} and {name} cannot both go to {parameter}")
    return stated


def _nothing_fits(
    app: App, task: Task, fitting: list[Trial], misfits: list[Misfit]
) -> BindingError:
    candidates = [
        (t.endpoint.name, f"score {t.score:.2f}: {'; '.join(t.reasons)}") for t in fitting
    ]
    misfits = sorted(misfits, key=lambda misfit: -misfit.nearness)
    candidates.extend((misfit.endpoint.name, misfit.reason) for misfit in misfits)
    message = f"no endpoint fits {task.name}"
    if candidates:
        name, reason = candidates[0]
        message += f"; the nearest is {name}: {reason}"
    else:
        message += ": the app has none that can be called"
    return BindingError(message, candidates=candidates, space=app.space_id)
