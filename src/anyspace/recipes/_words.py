"""Which field a piece of text speaks of.

Names (``num_inference_steps``), labels ("Number of inference steps (more is slower)")
and help texts are brought to one plain form, small words and plurals removed, and
looked up in a `Lexicon` made from a task's phrases. A phrase counts for more the more
of the text it covers, and when it ends the text: in "style strength" the strength is
spoken of, in "image style" the style.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from anyspace.recipes._task import Field, Shape

__all__ = ["Hit", "Lexicon", "Reading", "head_of", "is_optional", "plain", "simplified", "speaks"]

# Scripts that write without spaces between words; a run of them is one token.
_WIDE: Final = "\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_IS_WIDE: Final = re.compile(rf"[{_WIDE}]")
_TOKEN: Final = re.compile(rf"[^\W_{_WIDE}]+|[{_WIDE}]+")
# 背景を削除, 背景の削除 and 背景削除 say the same: particles between kanji or katakana go.
_NOUN: Final = r"[\u30a0-\u30ff\u4e00-\u9fff]"
_PARTICLE: Final = re.compile(rf"(?<={_NOUN})[をの](?={_NOUN})")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INTO: Final = re.compile(r"(?<=[A-Za-z])2(?=[A-Za-z])")  # text2image
_NUMBERED: Final = re.compile(r"(?<=[^\W\d_]{3})(?=\d+(?:\b|_))")

# Only Latin letters lose their marks: in Hangul, kana and Cyrillic they are other letters.
_FOLD: Final = str.maketrans("áàâãäåçéèêëíìîïñóòôõöúùûüß", "aaaaaaceeeeiiiinooooouuuus")

# Characters of Taiwan and Hong Kong are read as those of the mainland. Japanese has some of
# them, too; there it changes nothing, as phrases are brought to the same form.
_TRADITIONAL: Final = (
    "圖寬長選擇語聲說話種類風負詞數樣畫質強輸隨機編輯處結運執開關設檔傳載記錄對應歷標題譯檢測"
    "識別內實現參蓋層縮擴張視頻訊資權確認優點詳細網頁樂頭時間動轉換錯誤請問調節靜態後來兩個為"
    "與無壓離導進這過邊製複區變藝術補創寫讀學書報線綫組練統維續總顏顯預領體發鍵銳閾階雙響項順"
    "須貼圍幀繪獲塗摳濾碼祕稱範簡紋終經緣聽腳臉號規覽訂試該誰談謝證議護貝費賦贊趨軟較農連遞遺"
    "郵醫釋針鈕鋪鎖鏡閉陰際隱雜電額顧飾驗驟齊齡會兒幾剛單嗎場塊壞備僅價側億凍劃劇勢勻匯協卻廠"
    "廢彈從復徵恆愛慣憶戲戶採掃損搖撐擊擬據斷於曆暫曬條極構樓橫歸殘毀氣沒況淨準滿漸潔潤澤濃濕"
    "燈燒營爾狀獨環產異當療盡監盤眾瞭礎禮稅積穩窩競筆築籤級紀約紅純紙給絕綠緊緩縱織繼罰習聯職"
    "腦興舉舊萬葉著蘭虛虧裝見觀觸計討訓託許訴詢誌課諾豐貨貿賞賣購跡踐車軌輕輪辦迴遊達違遠適還"
    "鄉釘銀錢鐘門閃閱陣隊難雲靈韻頂頓願飛館馬驅鮮麗麥龍義韓粵國漢羅蘇烏緬亞臺灣廣東濟錫賓島員"
    "團專嚴鐵鐳紹絲緻繞縫縣纖罷聖膚膽艷蕭蘋螢蠟袞裡褲訝詩誠諧譜贏趕蹟輔輻轟逕遜鄰醜鈴鋼錐鎮鏈"
    "鑑鑰閒闊陳陸隻霧頌頰頹顆顛顫飄飢飲飯餘饋駕騎騙騷驚髒鬆鬥鬧魚鳥鴨鷹鹽黃黨"
)
_SIMPLIFIED: Final = (
    "图宽长选择语声说话种类风负词数样画质强输随机编辑处结运执开关设档传载记录对应历标题译检测"
    "识别内实现参盖层缩扩张视频讯资权确认优点详细网页乐头时间动转换错误请问调节静态后来两个为"
    "与无压离导进这过边制复区变艺术补创写读学书报线线组练统维续总颜显预领体发键锐阈阶双响项顺"
    "须贴围帧绘获涂抠滤码秘称范简纹终经缘听脚脸号规览订试该谁谈谢证议护贝费赋赞趋软较农连递遗"
    "邮医释针钮铺锁镜闭阴际隐杂电额顾饰验骤齐龄会儿几刚单吗场块坏备仅价侧亿冻划剧势匀汇协却厂"
    "废弹从复征恒爱惯忆戏户采扫损摇撑击拟据断于历暂晒条极构楼横归残毁气没况净准满渐洁润泽浓湿"
    "灯烧营尔状独环产异当疗尽监盘众了础礼税积稳窝竞笔筑签级纪约红纯纸给绝绿紧缓纵织继罚习联职"
    "脑兴举旧万叶着兰虚亏装见观触计讨训托许诉询志课诺丰货贸赏卖购迹践车轨轻轮办回游达违远适还"
    "乡钉银钱钟门闪阅阵队难云灵韵顶顿愿飞馆马驱鲜丽麦龙义韩粤国汉罗苏乌缅亚台湾广东济锡宾岛员"
    "团专严铁镭绍丝致绕缝县纤罢圣肤胆艳萧苹萤蜡衮里裤讶诗诚谐谱赢赶迹辅辐轰径逊邻丑铃钢锥镇链"
    "鉴钥闲阔陈陆只雾颂颊颓颗颠颤飘饥饮饭余馈驾骑骗骚惊脏松斗闹鱼鸟鸭鹰盐黄党"
)
_HAN: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_FOLD.update(_HAN)

# They say nothing about which field is meant.
_SMALL: Final = frozenset(
    """the your an please enter type select choose pick set here of for to in and or is
    de la le les l d el los las un une des du da do der die das ein eine den dem""".split()
)
# They may be part of a phrase ("num images"), yet a text is not longer for having them.
_LIGHT: Final = frozenset("num number nb count total no value parameter param input".split())

_TAIL_MISSED: Final = 0.75
_BARE: Final = 0.55  # what a phrase is worth before it covers anything

# What Gradio makes up for want of a name or label.
_GENERIC: Final = re.compile(r"(?:param|parameter|value|component|args?)_?\d*", re.IGNORECASE)

# Where the name in a label ends and the explanation begins.
_HEAD_ENDS: Final = re.compile(r"[(\[{（【:：;；,，。!！?？|]|\.\s|\.$| [-–—/·•] ")
_BRACKETS: Final = "([{（【"
# "1. Image", "Step 2: Prompt", "第一步：" only count; the name comes behind.
_COUNTED: Final = re.compile(
    r"^\W*(?:(?:step|schritt|paso|étape|etape|passo|шаг|ステップ|단계)\s*\d{1,2}(?!\d)\s*[.:：)）、·-]?"
    r"|第?[\d一二三四五六七八九十]{1,2}步\s*[.:：、]?"
    r"|\d{1,2}\s*[.:：)）、](?!\d)"
    r"|[①-⑩])\s*(?=\w)",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(r"^\s*[(\[（【][^)\]）】]*[)\]）】]\s*")

_OPTIONAL: Final = """
optional | if any | 可选 | 選用 | 任意 | 選択任意 | 선택사항 | 선택 사항 | opcional |
facultatif | optionnel | необязательно | опционально
"""


def simplified(text: str) -> str:
    """Bring Chinese characters to the one form that they are compared in.

    >>> simplified("語言")
    '语言'
    """
    return text.translate(_HAN)


@lru_cache(maxsize=8192)  # a text is asked about many lists of phrases
def plain(text: str) -> str:
    """Bring text to the form that phrases are looked for in, a space at each end.

    >>> plain("Number of inference steps")
    ' number inference step '
    """
    text = _NUMBERED.sub(" ", _HUMP.sub(" ", _INTO.sub(" ", text))).lower()
    if not text.isascii():
        text = _PARTICLE.sub("", unicodedata.normalize("NFKC", text).translate(_FOLD))
    found = _TOKEN.findall(text)
    kept = [_singular(token) for token in found if token not in _SMALL]
    return f" {' '.join(kept or found)} "


def _singular(token: str) -> str:
    plural = len(token) > 3 and token.endswith("s") and not token.endswith("ss")
    return token[:-1] if plural else token


@lru_cache(maxsize=4096)
def head_of(label: str) -> tuple[str, str]:
    """Split a label into what it names and what it explains.

    >>> head_of("(Optional) Seed: -1 is random")
    ('Seed', '(Optional) -1 is random')
    """
    counted = _COUNTED.match(label)
    label = label[counted.end() :] if counted else label
    opening = _OPENING.match(label)
    aside = opening.group() if opening else ""
    rest = label[len(aside) :]
    if not rest:
        return label, ""
    end = _HEAD_ENDS.search(rest, 1)
    if end is None:
        return rest, aside.strip()
    # A bracket belongs to what it holds, any other sign only parts the two.
    explained = rest[end.start() if end.group() in _BRACKETS else end.end() :]
    return rest[: end.start()].strip(), f"{aside}{explained.strip()}"


def _phrases(listed: str) -> list[str]:
    return [plain(phrase) for phrase in listed.split("|")]


@lru_cache(maxsize=64)
def _forms(listed: str) -> tuple[str, ...]:
    # Scripts without spaces have no word borders to keep to.
    return tuple(p.strip() if _IS_WIDE.match(p, 1) else p for p in _phrases(listed))


@lru_cache(maxsize=4096)
def speaks(text: str, listed: str) -> bool:
    """Tell whether one of the listed phrases (separated by ``|``) stands in the text.

    >>> speaks("🎬 Generate Video", "run | generate")
    True
    """
    form = plain(text)
    return any(phrase in form for phrase in _forms(listed))


def is_optional(label: str) -> bool:
    """Tell whether a label says that the field may stay empty."""
    return speaks(label, _OPTIONAL)


class Hit(NamedTuple):
    """A field that a text speaks of, and how surely (0 to 1)."""

    field: str
    score: float


class Reading(NamedTuple):
    """What one text says: the fields it speaks of, those it cannot be, and hardly is."""

    hits: tuple[Hit, ...]
    excluded: frozenset[str]
    doubted: frozenset[str] = frozenset()


class _Entry(NamedTuple):
    phrase: str
    size: float
    field: str
    weight: float


class Lexicon:
    """The fields of a task, with their phrases indexed by the first word.

    Attributes:
        fields: By name.
        ranks: The place of each field in the task's own order.
        shaped: The fields that can be known by their widget alone.
        leading: Those of them that a page asks with.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = {field.name: field for field in fields}
        self.ranks = {field.name: rank for rank, field in enumerate(fields)}
        self.shaped: list[tuple[Field, Shape]] = [(f, f.shape) for f in fields if f.shape]
        self.leading = [(field, shape) for field, shape in self.shaped if field.leads]
        self._entries: dict[str, list[_Entry]] = {}
        self._wide: list[_Entry] = []
        self._never: dict[str, list[str]] = {}
        self._wide_never: list[tuple[str, str]] = []
        self._doubts: dict[str, list[str]] = {}
        for field in fields:
            for weight, listed in field.words.items():
                for phrase in _phrases(listed):
                    self._add(phrase, field.name, weight)
            for token in field.never.split():
                self._exclude(token, field.name)
            for token in field.doubts.split():
                self._doubts.setdefault(_singular(token), []).append(field.name)

    def _add(self, phrase: str, field: str, weight: float) -> None:
        size = _size(phrase)
        if _IS_WIDE.match(phrase, 1) and len(phrase) > 3:
            self._wide.append(_Entry(phrase.strip(), size, field, weight))
        else:
            # A single Chinese character is part of too many words: it must stand alone.
            entry = _Entry(phrase, size, field, weight)
            self._entries.setdefault(phrase.split()[0], []).append(entry)

    def _exclude(self, token: str, field: str) -> None:
        if _IS_WIDE.match(token):
            self._wide_never.append((token.translate(_FOLD), field))
        else:
            self._never.setdefault(_singular(token), []).append(field)

    def read(self, text: str) -> Reading:
        """Find the fields that a name, a label or a sentence speaks of."""
        if not text or _GENERIC.fullmatch(text):
            return Reading((), frozenset())
        form = plain(text)
        size = _size(form)
        best: dict[str, float] = {}
        excluded: set[str] = set()
        doubted: set[str] = set()
        for token in form.split():
            excluded.update(self._never.get(token, ()))
            doubted.update(self._doubts.get(token, ()))
            _keep_best(best, self._entries.get(token, ()), form, size)
        if not text.isascii():
            excluded.update(field for token, field in self._wide_never if token in form)
            _keep_best(best, self._wide, form, size)
        hits = tuple(Hit(field, score) for field, score in best.items() if field not in excluded)
        return Reading(hits, frozenset(excluded), frozenset(doubted))


def _keep_best(best: dict[str, float], entries: Iterable[_Entry], form: str, size: float) -> None:
    for phrase, length, field, weight in entries:
        if phrase in form:
            ends = form.rstrip().endswith(phrase.rstrip())
            coverage = min(length / size, 1.0)
            score = weight * (_BARE + (1 - _BARE) * coverage) * (1.0 if ends else _TAIL_MISSED)
            best[field] = max(score, best.get(field, 0.0))


def _size(form: str) -> float:
    """Count the words that carry meaning; two Chinese characters count as one."""
    sizes = (
        max(len(token) / 2, 1.0) if _IS_WIDE.match(token) else 1.0
        for token in form.split()
        if token not in _LIGHT
    )
    return sum(sizes) or 1.0
