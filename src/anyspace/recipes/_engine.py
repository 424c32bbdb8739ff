"""Fit a task to an app: every endpoint is tried, the best one wins and says why.

An endpoint fits when an output can hold the result and every required field finds a
parameter. How well it fits is a weighted sum of what speaks for it (the required
fields, the output, the name, the button, how many fields it takes), multiplied down by
what speaks against it (it wants a file, it is hidden, it names another task).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from anyspace._errors import BindingError
from anyspace.recipes._binding import Alternative, Binding, Bound, Flow, Step
from anyspace.recipes._chains import Chain, Origin, feeders, link, merge
from anyspace.recipes._endpoints import (
    asks_consent,
    needed,
    objections,
    score_name,
    score_trigger,
    unfilled_files,
)
from anyspace.recipes._evidence import Claim, claims_of
from anyspace.recipes._kinds import holds_both
from anyspace.recipes._matching import best_match
from anyspace.recipes._modes import Modes, choose_modes
from anyspace.recipes._outputs import Chosen, Output, choose_output, path_in
from anyspace.recipes._task import Kind, Task
from anyspace.recipes._tasks import find_field, find_task, lexicon_of
from anyspace.recipes._values import describe
from anyspace.recipes._words import speaks
from anyspace.schema import App, Endpoint

__all__ = ["bind", "rank"]

_LEAST: Final = 0.15  # below this an endpoint is taken only when the caller names it
_NEAR: Final = 0.25  # so much worse an endpoint may be that offers what the caller wants
_CLOSE: Final = 0.03  # a runner-up this near is worth a warning
_SURE: Final = 0.5  # below it the required fields are in doubt, and with them all else
_LIKELY: Final = 0.4  # below it the same goes for the output: JSON may hold anything

# The shares of a score; together 1.
_MAIN, _OUTPUT, _NAME, _TRIGGER, _EXTRAS = 0.4, 0.2, 0.15, 0.1, 0.15
_MANY_EXTRAS: Final = 4  # optional fields; more of them say no more

_CHAINED: Final = 0.9  # several calls can go wrong in more ways than one
_PROOF: Final = 0.75  # how sure a field must be that shows the task
_LACKING: Final = 2  # the nearness of an endpoint that only lacks a needed field

_NUMBER: Final = re.compile(r"_\d+$")
# What Gradio calls functions without a name, and those that only pass a call on.
_ANONYMOUS: Final = frozenset(("", "/lambda", "/fn", "/wrapper", "/inner", "/func"))

_STATED: Final = Claim(1.0, "you said so")


class _Trial(NamedTuple):
    """An endpoint that fits, with everything its binding is made of.

    Of a chain `endpoint` is its last step, and `whole` what stands for all of it.
    """

    endpoint: Endpoint
    whole: Endpoint
    positions: Mapping[str, int]
    claims: Mapping[str, Claim]
    output: Output
    score: float
    reasons: tuple[str, ...]
    constants: Mapping[str, Any]
    chain: Chain | None = None
    origins: Sequence[Origin] = ()


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
            task about as well the one that offers more of them is taken.

    Raises:
        BindingError: Nothing fits, or an override names what does not exist.
        UnknownEndpoint: The app has no endpoint of that name.
    """
    recipe = find_task(task)
    stated = _check_fields(recipe, overrides or {})
    candidates = app.endpoints.values() if endpoint is None else [app.endpoint(endpoint)]
    fitting, misfits = _try_all(app, recipe, candidates, stated)
    if not fitting or (fitting[0].score < _LEAST and endpoint is None):
        raise _nothing_fits(app, recipe, fitting, misfits)
    fields = {find_field(recipe, name) for name in wants}
    best = max(fitting, key=lambda trial: _serves(trial, fitting[0], fields))
    return _binding(app, recipe, best, [best, *(t for t in fitting if t is not best)])


def _serves(trial: _Trial, best: _Trial, fields: Collection[str | None]) -> tuple[int, float]:
    """Count the fields that it offers, if it is nearly as good as the best."""
    near = trial.score >= min(_SURE, best.score) and trial.score >= best.score - _NEAR
    return (sum(field in trial.positions for field in fields) if near else 0, trial.score)


def rank(app: App, task: str) -> list[Binding]:
    """List every endpoint that could serve a task, the best first.

    Raises:
        BindingError: There is no recipe for the task.
    """
    recipe = find_task(task)
    fitting, _ = _try_all(app, recipe, app.endpoints.values(), {})
    return [_binding(app, recipe, trial) for trial in fitting]


def _try_all(
    app: App, task: Task, endpoints: Iterable[Endpoint], stated: Mapping[str, str]
) -> tuple[list[_Trial], list[_Misfit]]:
    tried = [_try(app, task, endpoint, stated) for endpoint in endpoints]
    fitting = [trial for trial in tried if isinstance(trial, _Trial)]
    misfits = [trial for trial in tried if isinstance(trial, _Misfit)]
    if max((trial.score for trial in fitting), default=0.0) < _SURE:
        lacking = [misfit.endpoint for misfit in misfits if misfit.nearness == _LACKING]
        chained = (_try_chains(app, task, endpoint, stated) for endpoint in lacking)
        fitting.extend(trial for trial in chained if trial is not None)
    fitting = _level(fitting)
    # Sorting is stable, so of equals the app's first one wins.
    fitting.sort(key=lambda trial: -trial.score)
    return fitting, misfits


def _level(fitting: list[_Trial]) -> list[_Trial]:
    """Give endpoints that are one function, wired to several widgets, the best one's score.

    Gradio numbers them: ``/generate``, ``/generate_1``; the first name is the steadiest.
    """
    best: dict[Any, _Trial] = {}
    for trial in fitting:
        kept = best.setdefault(_function_of(trial.endpoint), trial)
        if trial.score > kept.score:
            best[_function_of(trial.endpoint)] = trial
    return [
        trial._replace(score=top.score, reasons=top.reasons)
        for trial in fitting
        for top in (best[_function_of(trial.endpoint)],)
    ]


def _function_of(endpoint: Endpoint) -> tuple[Any, ...]:
    name = _NUMBER.sub("", endpoint.api_name)
    if name in _ANONYMOUS:
        return (endpoint.fn_index,)
    names = tuple((p.name, p.label, p.component) for p in endpoint.parameters)
    outputs = tuple((o.label, o.component) for o in endpoint.outputs)
    return name, names, outputs


def _try(app: App, task: Task, endpoint: Endpoint, stated: Mapping[str, str]) -> _Trial | _Misfit:
    named = speaks(endpoint.api_name, task.calls.get(1.0, ""))
    chosen = choose_output(endpoint.outputs, endpoint.parameters, task.outcome, named=named)
    if chosen is None:
        return _Misfit(endpoint, 0, "no output can hold the result")
    for name in stated.values():
        if not any(parameter.name == name for parameter in endpoint.parameters):
            return _Misfit(endpoint, 1, _no_parameter(name, endpoint))
    options = claims_of(endpoint.parameters, lexicon_of(task.name))
    _state(options, endpoint, stated)
    scores = [{field: claim.score for field, claim in claims.items()} for claims in options]
    positions = best_match(scores)
    claims = {field: options[position][field] for field, position in positions.items()}
    _share(task, endpoint, positions, claims)
    for need in task.needs:
        if not positions.keys() & set(need.split("|")):
            missing = " or ".join(need.split("|"))
            return _Misfit(endpoint, _LACKING, f"no parameter takes the {missing}")
    modes = choose_modes(task, endpoint.parameters)
    constants = {k: v for k, v in modes.constants.items() if k not in stated.values()}
    score, reasons = _weigh(app, task, endpoint, positions, claims, chosen, modes)
    field = endpoint.outputs[chosen.output]
    output = Output(
        index=chosen.output,
        path=path_in(field, task.outcome.media),
        label=field.label,
        component=field.component,
        media=task.outcome.media,
    )
    return _Trial(endpoint, endpoint, positions, claims, output, score, reasons, constants)


def _share(
    task: Task, endpoint: Endpoint, positions: dict[str, int], claims: dict[str, Claim]
) -> None:
    """Let fields without a widget of their own into one that takes both."""
    fields = lexicon_of(task.name).fields
    for field in task.fields:
        if field.name in positions:
            continue
        for other, position in positions.items():
            parameter = endpoint.parameters[position]
            # Of texts only the one that the page asks for goes into a message or a chat.
            texts = [f for f in (field, fields[other]) if f.kind is Kind.TEXT]
            lead = all(text.leads for text in texts)
            if lead and holds_both(parameter, field.kind, fields[other].kind):
                positions[field.name] = position
                reason = f"{parameter.component} takes it beside the {other}"
                claims[field.name] = Claim(claims[other].score, reason)
                break


def _state(options: list[dict[str, Claim]], endpoint: Endpoint, stated: Mapping[str, str]) -> None:
    """Let what the caller said stand instead of what was found."""
    for field, name in stated.items():
        for parameter, claims in zip(endpoint.parameters, options, strict=True):
            claims.pop(field, None)
            if parameter.name == name:
                claims.clear()
                claims[field] = _STATED


def _weigh(
    app: App,
    task: Task,
    endpoint: Endpoint,
    positions: Mapping[str, int],
    claims: Mapping[str, Claim],
    chosen: Chosen,
    modes: Modes,
) -> tuple[float, tuple[str, ...]]:
    mains = [max(claims[n].score for n in need.split("|") if n in claims) for need in task.needs]
    main = sum(mains) / len(mains)
    extras = min(1.0, (len(claims) - len(mains)) / _MANY_EXTRAS)
    takers = [endpoint.parameters[position] for position in needed(task, positions)]
    name, trigger = score_name(endpoint, task), score_trigger(endpoint, task, takers)
    score = _MAIN * main + _OUTPUT * chosen.score + _EXTRAS * extras
    score += _NAME * name.value + _TRIGGER * trigger.value
    score *= min(1.0, main / _SURE) * min(1.0, chosen.score / _LIKELY)
    reasons = [chosen.reason, name.reason, trigger.reason]
    proof = (claims[name].score for name in task.proof.split("|") if name in claims)
    proven = max(proof, default=0.0) >= _PROOF
    for factor in objections(app, endpoint, task, positions, chosen, modes=modes, proven=proven):
        score *= factor.value
        reasons.append(factor.reason)
    return round(score, 4), tuple(reason for reason in reasons if reason)


# --- chains -------------------------------------------------------------------------


def _try_chains(app: App, task: Task, last: Endpoint, stated: Mapping[str, str]) -> _Trial | None:
    """Try the shortest chain that ends with an endpoint and takes what is needed."""
    for chain in link(app, last):
        whole, origins = merge(chain)
        trial = _try(app, task, whole, stated)
        if isinstance(trial, _Trial):
            names = " → ".join(step.name for step in chain.steps)
            return trial._replace(
                endpoint=last,
                score=round(trial.score * _CHAINED, 4),
                reasons=(*trial.reasons, f"it takes several calls: {names}"),
                chain=chain,
                origins=origins,
            )
    return None


# --- the outcome --------------------------------------------------------------------


def _binding(app: App, task: Task, trial: _Trial, fitting: Sequence[_Trial] = ()) -> Binding:
    steps = _steps(app, task, trial)
    return Binding(
        task=task.name,
        endpoint=trial.endpoint,
        bound=steps[-1].bound if trial.chain else _bounds(task, trial),
        output=trial.output,
        score=trial.score,
        reasons=trial.reasons,
        warnings=(*_warnings(trial, steps), *_rivals(fitting)),
        constants=trial.constants,
        chain=steps,
        alternatives=tuple(Alternative(t.endpoint.name, t.score) for t in fitting[1:]),
    )


def _warnings(trial: _Trial, steps: Sequence[Step]) -> Iterable[str]:
    taken = {trial.whole.parameters[position].name for position in trial.positions.values()}
    for name in unfilled_files(trial.whole):
        yield f"{name} takes a file and has no default: none is sent unless it is given"
    for parameter in trial.whole.parameters:
        if parameter.name not in taken and asks_consent(parameter):
            yield f"{parameter.name} asks for consent: give {parameter.name}=True if you agree"
    if trial.endpoint.oauth_token == "required":
        yield "it wants the caller's own token"
    for step in steps:
        if not step.needed:
            yield f"it reads what {step.endpoint.name} leaves in the session"


def _steps(app: App, task: Task, trial: _Trial) -> tuple[Step, ...]:
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


def _bounds(task: Task, trial: _Trial) -> tuple[Bound, ...]:
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


def _rivals(fitting: Sequence[_Trial]) -> Iterable[str]:
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
