"""How well an endpoint as a whole suits a task: its name, its button, what it insists on.

Apps wire much beside their work: sliders that change sliders, example loaders, prompt
rewriters. The name, the event that runs an endpoint and who may call it tell them apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from anyspace.recipes._kinds import fit, is_file, takes_file_of
from anyspace.recipes._modes import Modes
from anyspace.recipes._outputs import Chosen, Weight
from anyspace.recipes._task import FILE_KINDS, Kind, Media, Task, Words
from anyspace.recipes._tasks import lexicon_of
from anyspace.recipes._words import head_of, is_optional, speaks
from anyspace.schema import App, Endpoint, Parameter, Visibility

__all__ = [
    "asks_consent",
    "has_public",
    "is_clutter",
    "needed",
    "objections",
    "score_name",
    "score_trigger",
    "unfilled_files",
]


# Names and buttons of an app's housekeeping, whatever the task.
_CLUTTER: Final = """
clear | reset | randomize | randomise | random seed | get seed | random | update | load | example |
toggle | change | select | show | hide | save | download | upload | swap | remove | delete |
cancel | stop | interrupt | flag | vote | upvote | downvote | leftvote | rightvote | tievote |
like | dislike | undo | redo | refresh | login | logout |
enhance | enhancer | improve prompt | rewrite | prompt enc | translate | interrogate | caption |
describe | preprocess | preview | resize | crop | init | visible | visibility | count | check |
info | 清空 | 清除 | 重置 | 随机 | 取消 | 停止 | 翻译 | 优化提示词 | クリア | リセット |
キャンセル | ランダム | 지우기 | 초기화 | 취소 | 무작위 | limpiar | borrar | cancelar | aleatorio |
effacer | annuler | reinitialiser | loschen | abbrechen | zurucksetzen | очистить | сброс |
отмена | limpar
"""

# What takes things away, or judges them.
_WIPE: Final = """
clear | reset | remove | delete | cancel | stop | interrupt | flag | vote | upvote | downvote |
leftvote | rightvote | tievote | like | dislike | undo | redo | retry | refresh | login |
logout | toggle | show | hide | unload | 清空 | 清除 |
重置 | 取消 | 停止 | クリア | リセット | 지우기 | 초기화 | limpiar | borrar | effacer |
loschen | очистить | limpar
"""

# Names that an endpoint of any task may have.
_WORK: Final[Words] = {
    0.8: """
        generate | infer | inference | run | predict | create | process | generation | submit |
        main | process image | call | synthesize | produce | render | gen | generar | gerar |
        generer | generieren | erzeugen | crear | criar | creer
        """,
    0.6: """
        api | fn | start | execute | handle | handler | go | do | wrapper | pipeline | demo | click
        """,
}

# What buttons say that start the work, whatever the task.
_GO: Final = """
generate | run | submit | create | go | start | draw | make | imagine | dream | infer |
process | paint | render | predict | send | produce | magic | 生成 | 运行 | 執行 | 提交 |
开始 | 绘制 | 创作 | 画 | 実行 | 作成 | 送信 | 描く | 생성 | 실행 | 만들기 | 그리기 | 제출 |
generar | crear | ejecutar | enviar | generer | creer | lancer | envoyer | generieren |
erstellen | erzeugen | starten | ausfuhren | senden | сгенерировать | генерировать | создать |
запустить | отправить | генерация | gerar | criar | executar
"""

_IDLE_EVENTS: Final = frozenset(
    """change input select load upload release blur focus edit tick clear play pause delete
    key_up stop start_recording stop_recording example_select like undo retry apply""".split()
)

_UNKNOWN: Final = 0.5  # nothing is said for it or against it
_MIXED: Final = 0.8  # a working word and a housekeeping word: update_and_generate
_IDLE: Final = 0.1
_UPLOAD: Final = 0.6  # it runs when the file that it works on is there
_FILE_WANTED: Final = 0.4  # a file that the task has no field for
_SUCCEEDED: Final = 0.5  # another endpoint finishes what it began
_SECOND: Final = 0.85  # the same, beside one that it has a field for
_TEXT_WANTED: Final = 0.6  # a text that the task has no field for
_UNEXPECTED: Final = 0.88  # it lacks a field that the task usually has
_FOREIGN: Final = 0.55  # it speaks of another task
_TORN: Final = 0.85  # it speaks of this task and of another
_ELSEWHERE: Final = 0.6  # the page speaks of another task, and nothing of this one
_ASIDE: Final = 0.55  # only another of its outputs speaks of the task
_HEARD: Final = 0.7  # the app speaks of the task, though not the endpoint itself
_DIRECT: Final = 0.75  # the output's widget is made for such results
_HINTED: Final = 0.7  # it is not, and only the page says that it may hold one
_INDIRECT: Final = 0.4  # it is not, and nobody says that it holds one
_READ: Final = 300  # characters of a description
_SHOWN: Final = 40
_BY_FILE: Final = frozenset(("upload", "change", "input", "stop_recording"))
_TYPED: Final = frozenset(("textbox", "slider", "dropdown", "radio", "checkbox", "number"))
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


# --- what speaks for it -------------------------------------------------------------


def score_name(endpoint: Endpoint, task: Task) -> Weight:
    """Judge the API name."""
    name = endpoint.api_name.lstrip("/")
    own = max((w for w, listed in task.calls.items() if speaks(name, listed)), default=0.0)
    fits = own or max((w for w, listed in _WORK.items() if speaks(name, listed)), default=0.0)
    clutter = own < 1.0 and speaks(name, _CLUTTER)
    if clutter and not fits:
        return Weight(0.0, f"its name {endpoint.api_name} is one of housekeeping")
    if not fits:
        return Weight(_UNKNOWN)
    fits *= _MIXED if clutter else 1.0
    return Weight(fits, f"its name {endpoint.api_name} speaks of the task")


def is_clutter(endpoint: Endpoint) -> bool:
    """Tell whether its name is one of housekeeping, whatever the task."""
    name = endpoint.api_name.lstrip("/")
    texts = [name, *(text for kind, text, _ in endpoint.triggers if kind == "button")]
    return any(speaks(text, _WIPE) for text in texts)


def score_trigger(endpoint: Endpoint, task: Task, main: Collection[Parameter] = ()) -> Weight:
    """Judge the widget and event that run it on the page; of several the best counts.

    Args:
        endpoint: What is judged.
        task: What it should do.
        main: What takes the needed fields: an upload there may start the work.
    """
    asked = {(parameter.component, parameter.label) for parameter in main}
    judged = [_trigger(*trigger, task, asked) for trigger in endpoint.triggers]
    best = max(judged, key=lambda weight: weight.value, default=Weight(_UNKNOWN))
    pressed = any(kind == "button" for kind, _, _ in endpoint.triggers)
    if best.value <= _IDLE and pressed and speaks(endpoint.api_name, task.calls.get(1.0, "")):
        return Weight(_UNKNOWN, best.reason)  # the name knows better than the button
    return best


def _trigger(
    kind: str, text: str, event: str, task: Task, asked: Collection[tuple[str, str]]
) -> Weight:
    if kind == "dataset":
        return Weight(_IDLE, "clicking an example runs it")
    if event in _BY_FILE and kind not in _TYPED and (kind, text) in asked:
        return Weight(_UPLOAD, f"it runs as soon as {text or kind} is filled")
    if event in _IDLE_EVENTS:
        what = f'{kind} "{text}"' if text else kind
        return Weight(_IDLE, f"it runs by itself ({what}, {event})")
    if kind == "button":
        reason = f'the button "{text}" runs it'
        if _names_task(text, task):
            return Weight(1.0, reason)
        return Weight(_IDLE if speaks(text, _CLUTTER) and not speaks(text, _GO) else 0.75, reason)
    if event == "submit":
        return Weight(0.85, "pressing Enter in a text box runs it")
    return Weight(_UNKNOWN)


def _names_task(text: str, task: Task) -> bool:
    return speaks(text, _GO) or any(
        speaks(text, said) for said in (*task.calls.values(), task.topic)
    )


# --- what speaks against it ---------------------------------------------------------


def objections(
    app: App,
    endpoint: Endpoint,
    task: Task,
    positions: Mapping[str, int],
    chosen: Chosen,
    *,
    name: Weight,
    trigger: Weight,
    modes: Modes,
    proven: bool,
    given: Collection[str],
) -> Iterable[Weight]:
    """List what weighs on an endpoint, each as a factor on its score.

    Name and trigger are how those were judged; `given` are the fields that the caller
    has values for.
    """
    if endpoint.visibility is Visibility.UNDOCUMENTED:
        yield Weight(0.75, "the app leaves it out of its documentation")
    elif endpoint.visibility is Visibility.UNNAMED and has_public(app):
        yield Weight(0.95, "it has no name, and others have")
    if endpoint.streaming:
        yield Weight(0.4, "each call is one piece of a stream")
    if any(parameter.component == "dataset" for parameter in endpoint.parameters):
        yield Weight(0.2, "it loads an example")
    if not name.value:
        yield Weight(0.35)
    if trigger.value <= _IDLE:
        yield Weight(0.6)
    if chosen.aside:
        yield chosen.aside
    successor = _successor(app, endpoint, endpoint.outputs[chosen.output].widget)
    if successor is not None:
        yield Weight(_SUCCEEDED, f"{successor.name} goes on with its result")
    if task.expects and task.expects not in positions:
        yield Weight(_UNEXPECTED, f"no parameter takes the {task.expects}")
    if modes.other:
        yield Weight(_FOREIGN, "its modes are all of other tasks")
    yield from _topic(app, endpoint, task, positions, chosen, proven=proven or modes.spoken)
    yield from _files_wanted(endpoint, task, positions, given)
    if not modes.spoken:  # else the texts are for its other trades
        yield from _texts_wanted(endpoint, task, positions, given)


def _successor(app: App, endpoint: Endpoint, widget: int) -> Endpoint | None:
    """Find what the page runs after it to fill the same output: that has the last word."""
    at = endpoint.fn_index
    while widget >= 0:
        nexts = [e for e in app.endpoints.values() if e.after == at and e.fn_index > at]
        if not nexts:
            return None
        for following in nexts:
            if following.parameters and any(o.widget == widget for o in following.outputs):
                return following
        at = nexts[0].fn_index
    return None


def has_public(app: App) -> bool:
    """Tell whether the app documents any of its endpoints."""
    return any(e.visibility is Visibility.PUBLIC for e in app.endpoints.values())


def needed(task: Task, positions: Mapping[str, int]) -> list[int]:
    """Where the needed fields went."""
    names = (name for need in task.needs for name in need.split("|"))
    return list(dict.fromkeys(positions[name] for name in names if name in positions))


def _topic(
    app: App,
    endpoint: Endpoint,
    task: Task,
    positions: Mapping[str, int],
    chosen: Chosen,
    *,
    proven: bool,
) -> Iterable[Weight]:
    """Look for words of this task and of others where an app says what it does."""
    output = endpoint.outputs[chosen.output].label
    told = [endpoint.api_name.lstrip("/"), output]
    told.extend(head_of(endpoint.parameters[i].label)[0] for i in needed(task, positions))
    told.extend(_expected(endpoint, task, positions))
    told.extend(text for kind, text, _ in endpoint.triggers if kind == "button")
    own = [text for text in told if _speaks_of(task, text)]
    foreign = next((text for text in told if text not in own and speaks(text, task.others)), None)
    if foreign is not None and speaks(told[0], task.calls.get(1.0, "")):
        yield Weight(_TORN, f'"{foreign}" speaks of another task, but its name of this')
    elif foreign is not None and len(own) > sum(speaks(text, task.others) for text in told):
        yield Weight(_TORN, f'"{foreign}" speaks of another task, but more of this')
    elif foreign is not None:
        yield Weight(_FOREIGN, f'"{foreign}" speaks of another task')
    elif any(speaks(text, task.others) for text in own):
        yield Weight(_TORN)
    direct = task.outcome.components.get(endpoint.outputs[chosen.output].component, 0.0) >= _DIRECT
    doubtful = task.unlike and not proven and not any(speaks(text, task.topic) for text in told)
    strange = _unlike(endpoint, task, positions) if doubtful else None
    if strange is not None:
        yield Weight(_FOREIGN, f'"{strange}" belongs to another task')
    if proven or (own and (direct or _speaks_of(task, output) or told[0] in own)):
        return
    if not task.topic:
        if not direct:
            yield Weight(_INDIRECT, "its output may hold anything")
        return
    silent = task.silent if direct else min(task.silent, _INDIRECT)
    # A switch names an extra ("Enhance faces") and not the trade; a text box named like a
    # result ("Summary") takes what the task would have to make.
    widgets = [p.label for p in endpoint.parameters if not _takes_result(p, task)]
    beside = [endpoint.description[:_READ], *widgets]
    beside.extend((app.space_id.partition("/")[2], *app.headings))
    said = next((text for text in beside if speaks(text, task.topic)), None)
    beside_it = next((o.label for o in endpoint.outputs if speaks(o.label, task.topic)), None)
    if said is None and beside_it is not None:
        factor = max(silent, _ASIDE) if direct else silent
        yield Weight(factor, f'only "{_shorten(beside_it)}" speaks of the task')
    elif said is None:
        heading = next((text for text in app.headings if speaks(text, task.others)), None)
        if heading is None or own:
            yield Weight(silent, "nothing in it speaks of the task")
        else:
            yield Weight(min(silent, _ELSEWHERE), f'"{_shorten(heading)}" speaks of another task')
    else:
        yield Weight(
            (1 + max(silent, _HEARD)) / 2 if direct else silent,
            f'"{_shorten(said)}" speaks of the task',
        )


def _expected(endpoint: Endpoint, task: Task, positions: Mapping[str, int]) -> Iterable[str]:
    """Give the label of the expected field, unless it is how such a field is called.

    "What to detect" tells of another task. "Describe the change" only asks for a prompt.
    """
    if task.expects in positions:
        head, _ = head_of(endpoint.parameters[positions[task.expects]].label)
        hits = lexicon_of(task.name).read(head).hits
        if task.expects not in {hit.field for hit in hits}:
            yield head


def _unlike(endpoint: Endpoint, task: Task, positions: Mapping[str, int]) -> str | None:
    """Find a parameter that the task has no use for."""
    taken = set(positions.values())
    rest = (p for at, p in enumerate(endpoint.parameters) if at not in taken)
    labels = (head_of(parameter.label)[0] for parameter in rest)
    return next((label for label in labels if speaks(label, task.unlike)), None)


def _takes_result(parameter: Parameter, task: Task) -> bool:
    box = parameter.component == "textbox" and task.outcome.media is Media.TEXT
    return parameter.component == "checkbox" or (box and speaks(parameter.label, task.outcome.good))


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _speaks_of(task: Task, text: str) -> bool:
    return speaks(text, task.topic) or speaks(text, task.calls.get(1.0, ""))


def _files_wanted(
    endpoint: Endpoint, task: Task, positions: Mapping[str, int], given: Collection[str]
) -> Iterable[Weight]:
    """Weigh the files that it wants and the task has no need of; the heaviest counts."""
    fields = {positions[field.name]: field for field in task.fields if field.name in positions}
    chief = needed(task, positions)
    main = min(chief, default=0)
    weights = []
    for position, parameter in enumerate(endpoint.parameters):
        field = fields.get(position)
        if position in chief or (field and (field.name in given or field.kind not in FILE_KINDS)):
            continue
        if is_file(parameter) and (field is None or field.insists < 1.0):
            asked = () if task.alone else (*fields, *chief)
            factor = field.insists if field else _unasked(endpoint, parameter, asked)
            leads = position < main
            weights.append(
                _file_wanted(endpoint, parameter, factor, leads, _sized(task, positions))
            )
    if weights:
        yield min(weights, key=lambda weight: weight.value)


def _unasked(endpoint: Endpoint, parameter: Parameter, chief: Collection[int]) -> float:
    """A second picture beside the first is part of the work; a lone one is other work."""
    kinds = (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO)
    mains = [endpoint.parameters[position] for position in chief]
    alike = any(takes_file_of(k, parameter) and takes_file_of(k, m) for k in kinds for m in mains)
    return _SECOND if alike else _FILE_WANTED


def _texts_wanted(
    endpoint: Endpoint, task: Task, positions: Mapping[str, int], given: Collection[str]
) -> Iterable[Weight]:
    """Weigh the texts that must be given and that the task has no need of."""
    fields = {positions[field.name]: field for field in task.fields if field.name in positions}
    main = needed(task, positions)
    for position, parameter in enumerate(endpoint.parameters):
        field = fields.get(position)
        factor = field.insists if field else _TEXT_WANTED
        offered = position in main or (field is not None and field.name in given)
        if offered or factor == 1.0 or is_optional(parameter.label):
            continue
        if fit(Kind.TEXT, parameter) == 1.0 and _must_be_given(parameter):
            yield Weight(factor, f"it wants a text ({parameter.name})")
            return


def _must_be_given(parameter: Parameter) -> bool:
    # Without the app's own word every box that starts empty looks as if it had to be filled.
    return parameter.required and parameter.named and parameter.visible


def _sized(task: Task, positions: Mapping[str, int]) -> bool:
    return task.sizes is not None and {task.sizes.width, task.sizes.height} <= positions.keys()


def _file_wanted(
    endpoint: Endpoint, parameter: Parameter, factor: float, leads: bool, sized: bool
) -> Weight:
    name = parameter.name
    if is_optional(parameter.label):
        return Weight(0.85, f"it also takes a file ({name}, optional)")
    if not parameter.required and parameter.default in _NOTHING:
        if _is_own_output(endpoint, parameter):
            return Weight(1.0)  # what it made so far, to add to
        return Weight(0.65 if leads else 0.9, f"it also takes a file ({name})")
    if sized and not leads:
        # A picture to work on brings its own size; this one comes second to the text.
        return Weight((factor + 0.85) / 2, f"it also takes a file ({name})")
    return Weight(factor, f"it wants a file ({name})")


def _is_own_output(endpoint: Endpoint, parameter: Parameter) -> bool:
    widget = (parameter.label, parameter.component)
    return any((output.label, output.component) == widget for output in endpoint.outputs)


def unfilled_files(endpoint: Endpoint) -> list[str]:
    """Name the files without a default: unless the caller gives them, none is sent."""
    files = (p for p in endpoint.parameters if is_file(p) and p.required)
    return [parameter.name for parameter in files if not is_optional(parameter.label)]


def asks_consent(parameter: Parameter) -> bool:
    """Tell whether it is a box that has to be ticked before the app does anything."""
    return (
        parameter.component == "checkbox"
        and not parameter.default
        and speaks(f"{parameter.name} {parameter.label}", _CONSENT)
    )


_CONSENT: Final = """
agree | consent | accept terms | term of use | i agree | i accept | 同意 | 동의 | acepto |
accepte | zustimmen | согласен | concordo
"""
