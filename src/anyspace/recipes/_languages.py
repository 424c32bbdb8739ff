"""Languages by their codes and names: ``"en"``, ``"English"``, ``"eng_Latn"``, ``"en-US"``.

Apps list languages in whichever form their model wants. The table has the two-letter
code of ISO 639-1 (the three-letter one where there is none), the three-letter codes of
ISO 639-2/3 and names: in English, in the language itself, in Chinese.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from anyspace.recipes._words import simplified

__all__ = ["is_language", "language_of"]

# One language a line: codes, then names; a line that begins with a blank goes on.
_TABLE: Final = """
en eng|english|英语|英文|anglais|ingles|englisch|английский|英語|영어
zh zho chi cmn|chinese|mandarin|simplified chinese|traditional chinese|中文|汉语|普通话|国语
 |华语|简体中文|繁体中文|中文简体|中文繁体|简体|繁体
 |chino|chinois|chinesisch|китайский|中国語|중국어
yue|cantonese|粤语|广东话
ja jpn|japanese|日语|日文|日本語|japones|japonais|japanisch|японский|일본어
ko kor|korean|韩语|韩文|한국어|coreano|coreen|koreanisch|корейский|韓国語
es spa|spanish|castilian|西班牙语|español|espagnol|spanisch|испанский|スペイン語|스페인어
fr fra fre|french|法语|français|frances|franzosisch|французский|フランス語|프랑스어
de deu ger|german|德语|deutsch|aleman|allemand|немецкий|ドイツ語|독일어
ru rus|russian|俄语|русский|ruso|russe|russisch|ロシア語|러시아어
pt por|portuguese|brazilian portuguese|葡萄牙语|português|portugues|portugais|portugiesisch
 |португальский|ポルトガル語|포르투갈어
it ita|italian|意大利语|义大利语|italiano|italien|italienisch|итальянский|イタリア語|이탈리아어
ar ara arb|arabic|modern standard arabic|阿拉伯语|العربية|arabe|arabisch|арабский|アラビア語
 |아랍어
hi hin|hindi|印地语|हिन्दी|хинди|ヒンディー語|힌디어
tr tur|turkish|土耳其语|türkçe|turco|turc|turkisch|турецкий|トルコ語|터키어
nl nld dut|dutch|flemish|荷兰语|nederlands|holandes|neerlandais|niederlandisch|нидерландский
pl pol|polish|波兰语|polski|polaco|polonais|polnisch|польский
uk ukr|ukrainian|乌克兰语|українська|украинский
cs ces cze|czech|捷克语|čeština|чешский
sv swe|swedish|瑞典语|svenska
da dan|danish|丹麦语|dansk
nb nob|norwegian bokmal
no nor|norwegian|挪威语|norsk
nn nno|nynorsk|norwegian nynorsk
fi fin|finnish|芬兰语|suomi
el ell gre|greek|希腊语|ελληνικά
hu hun|hungarian|匈牙利语|magyar
ro ron rum|romanian|moldavian|moldovan|罗马尼亚语|română
bg bul|bulgarian|保加利亚语|български
hr hrv|croatian|hrvatski
sr srp|serbian|српски
sk slk slo|slovak|slovenčina
sl slv|slovenian|slovene
et est|estonian|eesti
lv lav lvs|latvian|standard latvian
lt lit|lithuanian
he heb iw|hebrew|希伯来语|עברית
fa fas per pes|persian|farsi|western persian|波斯语|فارسی
ur urd|urdu|اردو
bn ben|bengali|bangla|বাংলা
ta tam|tamil|தமிழ்
te tel|telugu
ml mal|malayalam
kn kan|kannada
mr mar|marathi
gu guj|gujarati
pa pan|punjabi|panjabi|eastern panjabi
ne nep npi|nepali
si sin|sinhala|sinhalese
th tha|thai|泰语|ไทย
vi vie|vietnamese|越南语|tiếng việt
id ind|indonesian|印尼语|印度尼西亚语|bahasa indonesia
ms msa may zsm|malay|standard malay|马来语
jv jav jw|javanese
su sun|sundanese
tl tgl fil|tagalog|filipino
km khm|khmer
lo lao|lao
my mya bur|burmese|myanmar
ka kat geo|georgian
hy hye arm|armenian
az aze azj|azerbaijani|north azerbaijani
kk kaz|kazakh
uz uzb uzn|uzbek|northern uzbek
mn mon khk|mongolian|halh mongolian
tg tgk|tajik
tk tuk|turkmen
ky kir|kyrgyz
af afr|afrikaans
sw swa swh|swahili
am amh|amharic
ha hau|hausa
yo yor|yoruba
ig ibo|igbo
zu zul|zulu
xh xho|xhosa
st sot|sotho|southern sotho
sn sna|shona
so som|somali
mg mlg plt|malagasy|plateau malagasy
ln lin|lingala
rw kin|kinyarwanda
is isl ice|icelandic|íslenska
ga gle|irish
cy cym wel|welsh
gd gla|scottish gaelic
br bre|breton
eu eus baq|basque|euskara
ca cat|catalan|català
gl glg|galician|galego
oc oci|occitan
lb ltz|luxembourgish|letzeburgesch
mt mlt|maltese
sq sqi alb als|albanian|tosk albanian
mk mkd mac|macedonian
bs bos|bosnian
be bel|belarusian
yi yid ydd|yiddish
la lat|latin
sa san|sanskrit
eo epo|esperanto
ht hat|haitian creole|haitian
mi mri mao|maori
haw|hawaiian
ps pus pbt|pashto|southern pashto
sd snd|sindhi
ku kur kmr|kurdish|northern kurdish
ckb|central kurdish
as asm|assamese
or ori ory|odia|oriya
tt tat|tatar
ba bak|bashkir
bo tib bod|tibetan
ceb|cebuano
fo fao|faroese
"""

# A code with its region or script: en-US, en_XX, eng_Latn, zh-Hans.
_CODE: Final = re.compile(r"([a-z]{2,3})(?:[-_][a-z]{2,4}|[-_]\d{3})*")
_WORDS: Final = re.compile(r"[^\W\d_]+(?:[ '][^\W\d_]+)*")


@cache
def _known() -> dict[str, str]:
    known: dict[str, str] = {}
    for line in _TABLE.replace("\n ", "").strip().splitlines():
        codes, *names = line.split("|")
        code, *more = codes.split()
        names = [simplified(name) for name in names]
        # 法语 is said, 法文 is written.
        names += [f"{name[:-1]}文" for name in names if name.endswith("语") and name.isalpha()]
        known.update(dict.fromkeys((code, *more, *names), code))
    return known


@lru_cache(maxsize=4096)
def language_of(text: str) -> str | None:
    """The code of the language that a text names; None when it names none.

    >>> language_of("English (US)"), language_of("fra_Latn"), language_of("中文")
    ('en', 'fr', 'zh')
    """
    text, known = simplified(text.strip().lower()), _known()
    code = _CODE.fullmatch(text)
    if code and code[1] in known:
        return known[code[1]]
    if text in known:
        return known[text]
    # "English (US)", "🇫🇷 French", "en: English", "Chinese - Mandarin"
    runs = _WORDS.findall(text)
    words = [*runs, *(word for run in runs for word in run.split())]
    named = (known.get(word) for word in words if len(word) > 3 or not word.isascii())
    return next((code for code in named if code), None)


def is_language(text: str) -> bool:
    """Tell whether a text names a language and little else."""
    return len(text) <= 40 and language_of(text) is not None
