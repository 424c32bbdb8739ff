"""Fit a task to an app: every endpoint is tried, the best one wins and says why.

An endpoint fits when an output can hold the result and every required field finds a
parameter. How well it fits is a weighted sum of what speaks for it (the required
fields, the output, the name, the button, how many fields it takes), multiplied down by
what speaks against it (it wants a file, it is hidden, it names another task).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from anyspace._errors import BindingError
from anyspace.recipes._binding import Binding, Bound
from anyspace.recipes._endpoints import objections, score_name, score_trigger, unfilled_files
from anyspace.recipes._evidence import Claim, claims_of
from anyspace.recipes._matching import best_match
from anyspace.recipes._outputs import Chosen, choose_output
from anyspace.recipes._task import Task
from anyspace.recipes._tasks import find_task, lexicon_of
from anyspace.recipes._values import describe
from anyspace.schema import App, Endpoint, Visibility

__all__ = ["bind", "rank"]

_LEAST: Final = 0.15  # below this an endpoint is taken only when the caller names it
_CLOSE: Final = 0.03  # a runner-up this near is worth a warning
_SURE: Final = 0.5  # below it the required fields are in doubt, and with them all else
_LIKELY: Final = 0.4  # below it the same goes for the output: JSON may hold anything

# The shares of a score; together 1.
_MAIN, _OUTPUT, _NAME, _TRIGGER, _EXTRAS = 0.4, 0.2, 0.15, 0.1, 0.15
_MANY_EXTRAS: Final = 4  # optional fields; more of them say no more

_STATED: Final = Claim(1.0, "you said so")


class _Trial(NamedTuple):
    """An endpoint that fits, with everything its binding is made of."""

    endpoint: Endpoint
    positions: Mapping[str, int]
    claims: Mapping[str, Claim]
    output: int
    score: float
    reasons: tuple[str, ...]


class _Misfit(NamedTuple):
    """An endpoint that does not fit; `nearness` counts the tests that it passed."""

    endpoint: Endpoint
    nearness: int
    reason: str


def bind(
    app: App,
    task: str,
    *,
    endpoint: str | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Binding:
    """Fit a task to the best endpoint of an app, or to the one named.

    Args:
        app: The app's description.
        task: A pipeline tag (``"text-to-image"``).
        endpoint: The endpoint to use; the best one when not given.
        overrides: For some fields the name of the parameter that takes it, where the
            engine would err.

    Raises:
        BindingError: Nothing fits, or an override names what does not exist.
        UnknownEndpoint: The app has no endpoint of that name.
    """
    recipe, stated = find_task(task), dict(overrides or {})
    _check_fields(recipe, stated)
    candidates = app.endpoints.values() if endpoint is None else [app.endpoint(endpoint)]
    fitting, misfits = _try_all(app, recipe, candidates, stated)
    if not fitting or (fitting[0].score < _LEAST and endpoint is None):
        raise _nothing_fits(app, recipe, fitting, misfits)
    return _binding(recipe, fitting[0], _rivals(fitting))


def rank(app: App, task: str) -> list[Binding]:
    """List every endpoint that could serve a task, the best first.

    Raises:
        BindingError: There is no recipe for the task.
    """
    recipe = find_task(task)
    fitting, _ = _try_all(app, recipe, app.endpoints.values(), {})
    return [_binding(recipe, trial) for trial in fitting]


def _try_all(
    app: App, task: Task, endpoints: Iterable[Endpoint], stated: Mapping[str, str]
) -> tuple[list[_Trial], list[_Misfit]]:
    public = any(e.visibility is Visibility.PUBLIC for e in app.endpoints.values())
    tried = [_try(task, endpoint, stated, public) for endpoint in endpoints]
    fitting = [trial for trial in tried if isinstance(trial, _Trial)]
    # Sorting is stable, so of equals the app's first one wins.
    fitting.sort(key=lambda trial: -trial.score)
    return fitting, [trial for trial in tried if isinstance(trial, _Misfit)]


def _try(
    task: Task, endpoint: Endpoint, stated: Mapping[str, str], public: bool
) -> _Trial | _Misfit:
    chosen = choose_output(endpoint.outputs, endpoint.parameters, task.outcome)
    if chosen is None:
        return _Misfit(endpoint, 0, "no output can hold the result")
    for name in stated.values():
        if not any(parameter.name == name for parameter in endpoint.parameters):
            return _Misfit(endpoint, 1, _no_parameter(name, endpoint))
    options = claims_of(endpoint.parameters, lexicon_of(task.name))
    _state(options, endpoint, stated)
    scores = [{field: claim.score for field, claim in claims.items()} for claims in options]
    positions = best_match(scores)
    for field in task.fields:
        if field.required and field.name not in positions:
            return _Misfit(endpoint, 2, f"no parameter takes the {field.name}")
    claims = {field: options[position][field] for field, position in positions.items()}
    score, reasons = _weigh(task, endpoint, positions, claims, chosen, public)
    return _Trial(endpoint, positions, claims, chosen.output, score, reasons)


def _state(options: list[dict[str, Claim]], endpoint: Endpoint, stated: Mapping[str, str]) -> None:
    """Let what the caller said stand instead of what was found."""
    for field, name in stated.items():
        for parameter, claims in zip(endpoint.parameters, options, strict=True):
            claims.pop(field, None)
            if parameter.name == name:
                claims.clear()
                claims[field] = _STATED


def _weigh(
    task: Task,
    endpoint: Endpoint,
    positions: Mapping[str, int],
    claims: Mapping[str, Claim],
    chosen: Chosen,
    public: bool,
) -> tuple[float, tuple[str, ...]]:
    required = [field.name for field in task.fields if field.required]
    main = sum(claims[name].score for name in required) / len(required)
    extras = min(1.0, (len(claims) - len(required)) / _MANY_EXTRAS)
    name, trigger = score_name(endpoint, task), score_trigger(endpoint)
    score = _MAIN * main + _OUTPUT * chosen.score + _EXTRAS * extras
    score += _NAME * name.value + _TRIGGER * trigger.value
    score *= min(1.0, main / _SURE) * min(1.0, chosen.score / _LIKELY)
    reasons = [chosen.reason, name.reason, trigger.reason]
    for factor in objections(endpoint, task, positions, chosen, public_elsewhere=public):
        score *= factor.value
        reasons.append(factor.reason)
    return round(score, 4), tuple(reason for reason in reasons if reason)


# --- the outcome --------------------------------------------------------------------


def _binding(task: Task, trial: _Trial, rivals: Iterable[str] = ()) -> Binding:
    warnings = [
        f"{name} takes a file and has no default: none is sent unless it is given"
        for name in unfilled_files(trial.endpoint)
    ]
    if trial.endpoint.oauth_token == "required":
        warnings.append("it wants the caller's own token")
    return Binding(
        task=task.name,
        endpoint=trial.endpoint,
        bound=_bounds(task, trial),
        output=trial.output,
        score=trial.score,
        reasons=trial.reasons,
        warnings=(*warnings, *rivals),
    )


def _bounds(task: Task, trial: _Trial) -> tuple[Bound, ...]:
    fields = lexicon_of(task.name).fields
    bounds = []
    for name, position in sorted(trial.positions.items(), key=lambda item: item[1]):
        parameter, claim = trial.endpoint.parameters[position], trial.claims[name]
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


def _rivals(fitting: list[_Trial]) -> Iterable[str]:
    """Name the endpoints that fit as well as the best and are not the same thing twice."""
    best = fitting[0]
    for other in fitting[1:]:
        if best.score - other.score > _CLOSE:
            return
        if other.endpoint.parameters != best.endpoint.parameters:
            yield f"{other.endpoint.name} fits nearly as well ({other.score:.2f})"


# --- what is wrong ------------------------------------------------------------------


def _check_fields(task: Task, stated: Mapping[str, str]) -> None:
    known = [field.name for field in task.fields]
    for name in stated:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
            raise BindingError(f"{task.name} has no field {name!r}; {hint}")
    owners: dict[str, str] = {}
    for name, parameter in stated.items():
        other = owners.setdefault(parameter, name)
        if other != name:
            raise BindingError(f"{other} and {name} cannot both go to {parameter}")


def _no_parameter(name: str, endpoint: Endpoint) -> str:
    known = [parameter.name for parameter in endpoint.parameters]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(known) or 'nothing'}"
    return f"it has no parameter {name!r}; {hint}"


def _nothing_fits(
    app: App, task: Task, fitting: list[_Trial], misfits: list[_Misfit]
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
