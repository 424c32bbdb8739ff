"""Try a task on endpoints, and weigh how well each fits.

An endpoint fits when an output can hold the result and every needed field finds a
parameter. How well it fits is a weighted sum of what speaks for it (the needed fields,
the output, the name, the button, how many fields it takes), multiplied down by what
speaks against it (it wants a file, it is hidden, it names another task).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from anyspace.recipes._chains import Chain, Origin, link, merge
from anyspace.recipes._endpoints import needed, objections, score_name, score_trigger
from anyspace.recipes._evidence import Claim, claims_of
from anyspace.recipes._kinds import fit, holds_both, is_roomy, lets_in
from anyspace.recipes._matching import best_match
from anyspace.recipes._modes import Modes, choose_modes
from anyspace.recipes._outputs import Chosen, Output, choose_output, path_in
from anyspace.recipes._task import FILE_KINDS, Field, Kind, Task
from anyspace.recipes._tasks import lexicon_of
from anyspace.recipes._words import is_optional, speaks
from anyspace.schema import App, Endpoint

__all__ = ["SURE", "Misfit", "Trial", "Wish", "try_all"]

SURE: Final = 0.5
"""Below it a field or a whole binding is in doubt."""

_LIKELY: Final = 0.4  # below it the output is in doubt, and with it all else: JSON holds anything

# The shares of a score; together 1.
_MAIN, _OUTPUT, _NAME, _TRIGGER, _EXTRAS = 0.4, 0.2, 0.15, 0.1, 0.15
_MANY_EXTRAS: Final = 4  # optional fields; more of them say no more

_CHAINED: Final = 0.9  # several calls can go wrong in more ways than one
_PROOF: Final = 0.9  # how sure a field must be that shows the task
_LACKING: Final = 2  # the nearness of an endpoint that only lacks a needed field

_NUMBER: Final = re.compile(r"_\d+$")
# What Gradio calls functions without a name, and those that only pass a call on.
_ANONYMOUS: Final = frozenset(("", "/lambda", "/fn", "/wrapper", "/inner", "/func"))

_STATED: Final = Claim(1.0, "you said so")


class Wish(NamedTuple):
    """What a caller says of the task's fields before the endpoint is chosen.

    Attributes:
        stated: For some fields the parameter that takes them.
        given: The fields that there will be values for.
    """

    stated: Mapping[str, str] = {}
    given: Collection[str] = ()


class Trial(NamedTuple):
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


class Misfit(NamedTuple):
    """An endpoint that does not fit; `nearness` counts the tests that it passed."""

    endpoint: Endpoint
    nearness: int
    reason: str


def try_all(
    app: App, task: Task, endpoints: Iterable[Endpoint], wish: Wish
) -> tuple[list[Trial], list[Misfit]]:
    """Try every endpoint; where none is sure, chains of them too.

    Args:
        app: The app.
        task: What is to be done.
        endpoints: Those to try.
        wish: What the caller said of its fields.

    Returns:
        What fits, the best first, and what does not.
    """
    tried = [_try(app, task, endpoint, wish) for endpoint in endpoints]
    fitting = [trial for trial in tried if isinstance(trial, Trial)]
    misfits = [trial for trial in tried if isinstance(trial, Misfit)]
    if max((trial.score for trial in fitting), default=0.0) < SURE:
        lacking = [misfit.endpoint for misfit in misfits if misfit.nearness == _LACKING]
        lacking.extend(trial.endpoint for trial in fitting if _is_doubtful(task, trial))
        tried_again = (_try_chains(app, task, endpoint, wish) for endpoint in lacking)
        chained = [trial for trial in tried_again if trial is not None]
        better = {trial.endpoint.name for trial in chained}
        fitting = [*chained, *(t for t in fitting if t.endpoint.name not in better)]
    fitting = _level([_join(app, task, trial, wish) for trial in fitting])
    # Sorting is stable, so of equals the app's first one wins.
    fitting.sort(key=lambda trial: -trial.score)
    return fitting, misfits


def _join(app: App, task: Task, trial: Trial, wish: Wish) -> Trial:
    """Let a message join the conversation as on the page, by the step that runs before.

    An endpoint that takes nothing but the conversation can be handed one that ends with
    the message. How a turn is written there only the app's own step knows for sure.
    """
    talks = {i for i, p in enumerate(trial.endpoint.parameters) if p.component == "chatbot"}
    if not talks or not _is_told_by_talk(task, trial):
        return trial
    for chain in link(app, trial.endpoint)[:1]:
        joined = _try_chain(app, task, chain, wish)
        handed = {position for _, _, position in chain.flows[-1]}
        if joined is not None and talks <= handed and not _is_told_by_talk(task, joined):
            return joined._replace(score=trial.score)
    return trial


def _is_told_by_talk(task: Task, trial: Trial) -> bool:
    """Tell whether what is needed goes into a conversation rather than a box of its own."""
    places = (trial.whole.parameters[at].component for at in needed(task, trial.positions))
    return "chatbot" in places


def _is_doubtful(task: Task, trial: Trial) -> bool:
    """Tell whether what is needed goes where another step's work may belong."""
    names = (name for need in task.needs for name in need.split("|"))
    return any(trial.claims[name].score < SURE for name in names if name in trial.claims)


def _level(fitting: list[Trial]) -> list[Trial]:
    """Give endpoints that are one function, wired to several widgets, the best one's score.

    Gradio numbers them: ``/generate``, ``/generate_1``; the first name is the steadiest.
    """
    best: dict[Any, Trial] = {}
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


def _try(app: App, task: Task, endpoint: Endpoint, wish: Wish) -> Trial | Misfit:
    named = speaks(endpoint.api_name, task.calls.get(1.0, ""))
    chosen = choose_output(endpoint.outputs, endpoint.parameters, task.outcome, named=named)
    stated = wish.stated
    if chosen is None:
        return Misfit(endpoint, 0, "no output can hold the result")
    for name in stated.values():
        if not any(parameter.name == name for parameter in endpoint.parameters):
            return Misfit(endpoint, 1, _no_parameter(name, endpoint))
    missing = None if stated else _cannot_take(task, endpoint)
    if missing:
        return Misfit(endpoint, _LACKING, f"no parameter takes the {missing}")
    options = claims_of(endpoint.parameters, lexicon_of(task.name))
    _state(options, endpoint, stated)
    scores = [{field: claim.score for field, claim in claims.items()} for claims in options]
    positions = _mind_what_must_be_given(task, endpoint, scores, best_match(scores))
    claims = {field: options[position][field] for field, position in positions.items()}
    _share(task, endpoint, positions, claims)
    for need in task.needs:
        if not positions.keys() & set(need.split("|")):
            missing = " or ".join(need.split("|"))
            return Misfit(endpoint, _LACKING, f"no parameter takes the {missing}")
    modes = choose_modes(task, endpoint.parameters)
    constants = {k: v for k, v in modes.constants.items() if k not in stated.values()}
    score, reasons = _weigh(app, task, endpoint, positions, claims, chosen, modes, wish.given)
    _take_either(task, endpoint, positions, claims)
    field = endpoint.outputs[chosen.output]
    output = Output(
        index=chosen.output,
        path=path_in(field, task.outcome.media),
        label=field.label,
        component=field.component,
        media=task.outcome.media,
    )
    return Trial(endpoint, endpoint, positions, claims, output, score, reasons, constants)


def _cannot_take(task: Task, endpoint: Endpoint) -> str | None:
    """Name what is needed and no widget can take, which spares looking at their words."""
    if any(is_roomy(parameter) for parameter in endpoint.parameters):
        return None
    fields = lexicon_of(task.name).fields
    for need in task.needs:
        kinds = [fields[name].kind for name in need.split("|")]
        if not any(fit(kind, p) for kind in kinds for p in endpoint.parameters):
            return " or ".join(need.split("|"))
    return None


def _mind_what_must_be_given(
    task: Task,
    endpoint: Endpoint,
    scores: Sequence[Mapping[str, float]],
    positions: dict[str, int],
) -> dict[str, int]:
    """Move a needed file from a widget that may stay empty to one that may not.

    An app that takes an upload or a recording cannot insist on what stands beside it.
    """
    fields = lexicon_of(task.name).fields
    _seat_what_is_needed(task, scores, positions)
    for name in (name for need in task.needs for name in need.split("|")):
        at = positions.get(name)
        if at is None or fields[name].kind not in FILE_KINDS or not _may_stay_empty(endpoint, at):
            continue
        for other, there in positions.items():
            alike = fields[other].kind is fields[name].kind and name in scores[there]
            if alike and other != name and not _may_stay_empty(endpoint, there):
                positions[name] = there
                del positions[other]
                break
    return positions


def _seat_what_is_needed(
    task: Task, scores: Sequence[Mapping[str, float]], positions: dict[str, int]
) -> None:
    """Give a needed field that went without the seat of one that is not needed."""
    for need in task.needs:
        names = need.split("|")
        if not positions.keys().isdisjoint(names):
            continue
        needed_names = {name for other in task.needs for name in other.split("|")}
        owners = {at: field for field, at in positions.items()}
        wanted = [
            (scores[at][name], name, at)
            for at, field in owners.items()
            for name in names
            if field not in needed_names and name in scores[at]
        ]
        for _, name, at in sorted(wanted)[-1:]:
            del positions[owners[at]]
            positions[name] = at


def _may_stay_empty(endpoint: Endpoint, position: int) -> bool:
    parameter = endpoint.parameters[position]
    return not parameter.required or is_optional(parameter.label)


def _share(
    task: Task, endpoint: Endpoint, positions: dict[str, int], claims: dict[str, Claim]
) -> None:
    """Let fields without a widget of their own into one that takes both."""
    if not any(is_roomy(parameter) for parameter in endpoint.parameters):
        return
    fields = lexicon_of(task.name).fields
    for name in (name for need in task.needs for name in need.split("|")):
        _attach(endpoint, fields[name], positions, claims)
    hosts = [n for n, at in positions.items() if is_roomy(endpoint.parameters[at])]
    for field in task.fields:
        if field.name in positions:
            continue
        for other in hosts:
            position = positions[other]
            parameter = endpoint.parameters[position]
            # Of texts only the one that the page asks for goes into a message or a chat.
            files = parameter.component == "multimodaltextbox" and field.kind is not Kind.TEXT
            texts = [f for f in (field, fields[other]) if f.kind is Kind.TEXT]
            lead = files or all(text.leads for text in texts)
            if lead and holds_both(parameter, field.kind, fields[other].kind):
                positions[field.name] = position
                reason = f"{parameter.component} takes it beside the {other}"
                claims[field.name] = Claim(claims[other].score, reason)
                break


def _attach(
    endpoint: Endpoint, field: Field, positions: dict[str, int], claims: dict[str, Claim]
) -> None:
    """Let a needed file come with a message that nothing else is said in."""
    if field.name in positions or field.kind not in FILE_KINDS:
        return
    for position, parameter in enumerate(endpoint.parameters):
        free = parameter.component == "multimodaltextbox" and position not in positions.values()
        if free and lets_in(parameter, field.kind):
            positions[field.name] = position
            claims[field.name] = Claim(SURE, "it comes with the message")
            return


def _take_either(
    task: Task, endpoint: Endpoint, positions: dict[str, int], claims: dict[str, Claim]
) -> None:
    """Of fields that stand for each other let one widget take whichever is given."""
    fields = lexicon_of(task.name).fields
    for names in (need.split("|") for need in task.needs):
        found = [name for name in names if name in positions]
        for other in names if len(found) == 1 else ():
            position = positions[found[0]]
            if other not in found and fit(fields[other].kind, endpoint.parameters[position]):
                positions[other] = position
                reason = f"{endpoint.parameters[position].component} takes either"
                claims[other] = Claim(claims[found[0]].score, reason)


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
    given: Collection[str],
) -> tuple[float, tuple[str, ...]]:
    mains = [max(claims[n].score for n in need.split("|") if n in claims) for need in task.needs]
    main = sum(mains) / len(mains)
    extras = min(1.0, (len(claims) - len(mains)) / _MANY_EXTRAS)
    takers = [endpoint.parameters[position] for position in needed(task, positions)]
    name, trigger = score_name(endpoint, task), score_trigger(endpoint, task, takers)
    score = _MAIN * main + _OUTPUT * chosen.score + _EXTRAS * extras
    score += _NAME * name.value + _TRIGGER * trigger.value
    score *= min(1.0, main / SURE) * min(1.0, chosen.score / _LIKELY)
    reasons = [chosen.reason, name.reason, trigger.reason]
    proof = (claims[field].score for field in task.proof.split("|") if field in claims)
    proven = max(proof, default=0.0) >= _PROOF
    for factor in objections(
        app,
        endpoint,
        task,
        positions,
        chosen,
        name=name,
        trigger=trigger,
        modes=modes,
        proven=proven,
        given=given,
    ):
        score *= factor.value
        reasons.append(factor.reason)
    return round(score, 4), tuple(reason for reason in reasons if reason)


# --- chains -------------------------------------------------------------------------


def _try_chains(app: App, task: Task, last: Endpoint, wish: Wish) -> Trial | None:
    """Try the shortest chain that ends with an endpoint and surely takes what is needed."""
    for chain in link(app, last):
        trial = _try_chain(app, task, chain, wish)
        if trial is not None and not _is_doubtful(task, trial):
            return trial
    return None


def _try_chain(app: App, task: Task, chain: Chain, wish: Wish) -> Trial | None:
    whole, origins = merge(chain)
    trial = _try(app, task, whole, wish)
    if isinstance(trial, Misfit):
        return None
    names = " → ".join(step.name for step in chain.steps)
    return trial._replace(
        endpoint=chain.steps[-1],
        score=round(trial.score * _CHAINED, 4),
        reasons=(*trial.reasons, f"it takes several calls: {names}"),
        chain=chain,
        origins=origins,
    )


def _no_parameter(name: str, endpoint: Endpoint) -> str:
    known = [parameter.name for parameter in endpoint.parameters]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(known) or 'nothing'}"
    return f"it has no parameter {name!r}; {hint}"
