"""How well an endpoint as a whole suits a task: its name, its button, what it insists on.

Apps wire much beside their work: sliders that change sliders, example loaders, prompt
rewriters. The name, the event that runs an endpoint and who may call it tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from anyspace.recipes._kinds import is_file
from anyspace.recipes._outputs import Chosen
from anyspace.recipes._task import Task
from anyspace.recipes._words import is_optional, speaks
from anyspace.schema import Endpoint, Parameter, Visibility

__all__ = ["Weight", "objections", "score_name", "score_trigger", "unfilled_files"]


class Weight(NamedTuple):
    """A number that goes into an endpoint's score, and why; ``""`` when unremarkable."""

    value: float
    reason: str = ""


# Names and buttons of an app's housekeeping, whatever the task.
_CLUTTER: Final = """
clear | reset | randomize | randomise | random seed | get seed | random | update | load |
example | toggle | change | select | show | hide | save | download | upload | swap | remove |
delete | cancel | stop | interrupt | flag | vote | like | dislike | undo | redo | refresh |
login | logout | enhance | enhancer | improve prompt | rewrite | prompt enc | translate |
interrogate | caption | describe | preprocess | preview | init | visible | visibility | count |
check | info | 清空 | 清除 | 重置 | 随机 | 取消 | 停止 | 翻译 | 优化提示词 | クリア | リセット |
キャンセル | ランダム | 지우기 | 초기화 | 취소 | 무작위 | limpiar | borrar | cancelar |
aleatorio | effacer | annuler | reinitialiser | loschen | abbrechen | zurucksetzen | очистить |
сброс | отмена | limpar
"""

# What buttons say that start the work, whatever the task.
_GO: Final = """
generate | run | submit | create | go | start | draw | make | imagine | dream | infer | process |
paint | render | predict | send | produce | magic | 生成 | 运行 | 執行 | 提交 | 开始 | 绘制 |
创作 | 画 | 実行 | 作成 | 送信 | 描く | 생성 | 실행 | 만들기 | 그리기 | 제출 | generar | crear |
ejecutar | enviar | generer | creer | lancer | envoyer | generieren | erstellen | erzeugen |
starten | ausfuhren | senden | сгенерировать | генерировать | создать | запустить | отправить |
генерация | gerar | criar | executar
"""

_IDLE_EVENTS: Final = frozenset(
    """change input select load upload release blur focus edit tick clear play pause delete
    key_up stop start_recording stop_recording example_select like undo retry apply""".split()
)

_UNKNOWN: Final = 0.5  # nothing is said for it or against it
_MIXED: Final = 0.8  # a working word and a housekeeping word: update_and_generate
_IDLE: Final = 0.1
_FILE_WANTED: Final = 0.4  # a file that the task has no field for
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


# --- what speaks for it -------------------------------------------------------------


def score_name(endpoint: Endpoint, task: Task) -> Weight:
    """Judge the API name."""
    name = endpoint.api_name.lstrip("/")
    fits = max((w for w, listed in task.calls.items() if speaks(name, listed)), default=0.0)
    clutter = speaks(name, _CLUTTER)
    if clutter and not fits:
        return Weight(0.0, f"its name {endpoint.api_name} is one of housekeeping")
    if not fits:
        return Weight(_UNKNOWN)
    fits *= _MIXED if clutter else 1.0
    return Weight(fits, f"its name {endpoint.api_name} speaks of the task")


def score_trigger(endpoint: Endpoint) -> Weight:
    """Judge the widget and event that run it on the page; of several the best counts."""
    judged = [_trigger(*trigger) for trigger in endpoint.triggers]
    return max(judged, key=lambda weight: weight.value, default=Weight(_UNKNOWN))


def _trigger(kind: str, text: str, event: str) -> Weight:
    if kind == "dataset":
        return Weight(_IDLE, "clicking an example runs it")
    if event in _IDLE_EVENTS:
        what = f'{kind} "{text}"' if text else kind
        return Weight(_IDLE, f"it runs by itself ({what}, {event})")
    if kind == "button":
        reason = f'the button "{text}" runs it'
        if speaks(text, _GO):
            return Weight(1.0, reason)
        return Weight(_IDLE if speaks(text, _CLUTTER) else 0.75, reason)
    if event == "submit":
        return Weight(0.85, "pressing Enter in a text box runs it")
    return Weight(_UNKNOWN)


# --- what speaks against it ---------------------------------------------------------


def objections(
    endpoint: Endpoint,
    task: Task,
    positions: Mapping[str, int],
    chosen: Chosen,
    *,
    public_elsewhere: bool,
) -> Iterable[Weight]:
    """List what weighs on an endpoint, each as a factor on its score."""
    if endpoint.visibility is Visibility.UNDOCUMENTED:
        yield Weight(0.75, "the app leaves it out of its documentation")
    elif endpoint.visibility is Visibility.UNNAMED and public_elsewhere:
        yield Weight(0.95, "it has no name, and others have")
    if endpoint.streaming:
        yield Weight(0.4, "each call is one piece of a stream")
    if any(parameter.component == "dataset" for parameter in endpoint.parameters):
        yield Weight(0.2, "it loads an example")
    if not score_name(endpoint, task).value:
        yield Weight(0.35)
    if score_trigger(endpoint).value <= _IDLE:
        yield Weight(0.6)
    if chosen.aside:
        yield Weight(0.4, f"it gives {chosen.aside} before anything else")
    yield from _other_task(endpoint, task, positions, chosen)
    yield from _files_wanted(endpoint, task, positions)


def _other_task(
    endpoint: Endpoint, task: Task, positions: Mapping[str, int], chosen: Chosen
) -> Iterable[Weight]:
    """Look for words of another task where an app says what it does."""
    told = [endpoint.api_name, endpoint.outputs[chosen.output].label]
    told.extend(endpoint.parameters[i].label for i in _required(task, positions))
    told.extend(text for kind, text, _ in endpoint.triggers if kind == "button")
    for text in told:
        if speaks(text, task.others):
            yield Weight(0.6, f'"{text.lstrip("/")}" speaks of another task')
            return


def _required(task: Task, positions: Mapping[str, int]) -> list[int]:
    return [positions[field.name] for field in task.fields if field.required]


def _files_wanted(endpoint: Endpoint, task: Task, positions: Mapping[str, int]) -> Iterable[Weight]:
    """Weigh the files that it wants and the task has no need of; the heaviest counts."""
    fields = {positions[field.name]: field for field in task.fields if field.name in positions}
    main = min(_required(task, positions), default=0)
    weights = []
    for position, parameter in enumerate(endpoint.parameters):
        field = fields.get(position)
        if is_file(parameter) and (field is None or field.insists < 1.0):
            factor = field.insists if field else _FILE_WANTED
            leads = position < main
            weights.append(
                _file_wanted(endpoint, parameter, factor, leads, _sized(task, positions))
            )
    if weights:
        yield min(weights, key=lambda weight: weight.value)


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
