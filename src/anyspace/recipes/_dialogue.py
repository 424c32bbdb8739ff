"""Fields of tasks that models of language do, and the words apps use for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from anyspace.recipes._task import Field, Kind, Shape

__all__ = [
    "ATTACHED_AUDIO",
    "ATTACHED_IMAGE",
    "HISTORY",
    "MAX_TOKENS",
    "MESSAGE",
    "QUESTION",
    "REPETITION_PENALTY",
    "SAMPLING",
    "SOURCE_LANGUAGE",
    "SYSTEM_PROMPT",
    "TARGET_LANGUAGE",
    "TEMPERATURE",
    "TEXTS",
    "TEXT_BAD",
    "TEXT_FOREIGN",
    "TEXT_GOOD",
    "TOP_K",
    "TOP_P",
]

MESSAGE: Final = Field(
    name="message",
    kind=Kind.TEXT,
    aliases=("prompt", "text", "inputs", "input"),
    leads=True,
    words={
        1.0: """
            message | user message | input message | chat message | user input | prompt |
            user prompt | text prompt | query | question | user query | msg | message input |
            chat input | query input | ask | ask anything | input prompt | your message |
            ask question | instruction | user text | chat | user question | 消息 | 问题 |
            输入消息 | 用户输入 | 提问 | 提示词 | 输入问题 | 訊息 | メッセージ | 質問 |
            プロンプト | ユーザー入力 | 메시지 | 질문 | 프롬프트 | 사용자 입력 | mensaje |
            pregunta | consulta | message utilisateur | nachricht | frage | eingabe | сообщение |
            вопрос | запрос | промпт | mensagem | pergunta
            """,
        0.7: """
            text | input | input text | request | textbox | content | topic | user | say | 输入 |
            文本 | 入力 | テキスト | 입력 | 텍스트 | entrada | texto | texte | ввод | текст
            """,
    },
    never="""system history negative api key token context language file url path model email
        title name pdf template 系统 历史 システム 시스템 system_message sistema systeme""",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.3),
)

QUESTION: Final = Field(
    name="question",
    kind=Kind.TEXT,
    aliases=("prompt", "text", "message", "query"),
    leads=True,
    words={
        1.0: """
            question | query | prompt | text prompt | user prompt | message | user question |
            instruction | text query | user query | query input | input question | input prompt |
            user input | ask | text input | vqa question | your question | chat input |
            user message | 问题 | 提问 | 提示词 | 输入问题 | 質問 | プロンプト | 質問を入力 |
            질문 | 프롬프트 | pregunta | consulta | invite | frage | вопрос | запрос | промпт |
            pergunta
            """,
        0.7: """
            text | input text | input | request | caption prompt | chat | content | 输入 | 文本 |
            入力 | テキスト | 입력 | 텍스트 | texto | texte | entrada | eingabe | ввод | текст
            """,
    },
    never="""system history negative api key token context language file url path model seed
        系统 历史 システム 시스템 sistema systeme""",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.35),
)

HISTORY: Final = Field(
    name="history",
    kind=Kind.HISTORY,
    aliases=("chat_history", "messages"),
    words={
        1.0: """
            history | chat history | chatbot | chat | conversation | conversation history |
            messages | dialog history | chat log | past messages | 历史 | 对话历史 | 聊天记录 |
            对话 | 聊天 | 履歴 | 会話履歴 | チャット | チャットボット | 대화 | 대화 기록 | 채팅 |
            챗봇 | historial | conversacion | historique | verlauf | gesprachsverlauf | история |
            история чата | диалог | historico | conversa
            """,
        0.5: "context | dialogue",
    },
    shape=Shape(reason="it is the conversation itself", score=0.95),
)

SYSTEM_PROMPT: Final = Field(
    name="system_prompt",
    kind=Kind.TEXT,
    aliases=("system_message", "system"),
    words={
        1.0: """
            system prompt | system message | system | system instruction | system role |
            sys prompt | system text | system content | system prompt optional |
            assistant instruction | pre prompt | preprompt | 系统提示 | 系统提示词 | 系统消息 |
            系统指令 | 系統提示 | システムプロンプト | システムメッセージ | システム |
            시스템 프롬프트 | 시스템 메시지 | prompt sistema | mensaje sistema | sistema |
            prompt systeme | message systeme | systemprompt | systemnachricht | системный промпт |
            системное сообщение | системная инструкция | mensagem sistema
            """,
        0.6: """
            persona | role | character | personality | custom instruction | instruction assistant |
            人设 | 角色 | sys | instrucciones | instrucoes | consigne | anweisung | инструкции
            """,
    },
)

MAX_TOKENS: Final = Field(
    name="max_tokens",
    kind=Kind.INTEGER,
    aliases=("max_new_tokens", "max_length"),
    words={
        1.0: """
            max token | max new token | maximum token | maximum new token | max output token |
            max length | max new length | maximum length | max length token |
            maximum length new token | new token | number token | token number | output length |
            max tokens limit | max generation token | max response length | max token generate |
            output token | response length | token limit | max gen len | max seq len | max len |
            maxlen | generation length | max response token | maximum number new token |
            max completion token | answer length | output max length | 最大长度 | 最大令牌数 |
            最大生成长度 | 最大token数 | 最大生成token数 | 最大新令牌数 | 最大トークン数 |
            最大新規トークン数 | 最大新規トークン | 最大長 | num predict | トークン数 |
            最大生成トークン数 | 최대 토큰 | 최대 토큰 수 | 최대 길이 | 최대 새 토큰 |
            maximo tokens | longitud maxima | jetons maximum | nombre maximum jetons |
            longueur maximale | maximale token | maximale lange | макс токенов | максимум токенов |
            максимальная длина | максимальное количество токенов | comprimento maximo
            """,
        0.6: """
            token | length | max | 长度 | 長さ | 길이 | 토큰 | longitud | longueur | lange |
            длина | comprimento
            """,
    },
    never="""min minimum input context prompt penalty image second chunk think thinking api
        access hf""",
    span=(16, 2_000_000),
)

TEMPERATURE: Final = Field(
    name="temperature",
    kind=Kind.NUMBER,
    words={
        1.0: """
            temperature | temp | sampling temperature | llm temperature | 温度 | 溫度 | 温度参数 |
            온도 | temperatura | temperatur | температура
            """,
        0.6: """
            creativity | randomness | 创造性 | 随机性 | 創造性 | 창의성 | creatividad |
            criatividade | creativite | kreativitat | креативность | случайность
            """,
    },
    span=(0.1, 10),
)

TOP_P: Final = Field(
    name="top_p",
    kind=Kind.NUMBER,
    words={
        1.0: """
            top p | topp | nucleus | nucleus sampling | top p nucleus | top p nucleus sampling |
            top p sampling | 核采样
            """
    },
    span=(0.1, 1.5),
)

TOP_K: Final = Field(
    name="top_k",
    kind=Kind.INTEGER,
    words={1.0: "top k | topk | top k sampling"},
    never="retrieval document result chunk image source passage",
    span=(2, 200_000),
)

REPETITION_PENALTY: Final = Field(
    name="repetition_penalty",
    kind=Kind.NUMBER,
    words={
        1.0: """
            repetition penalty | repeat penalty | rep penalty | penalty | 重复惩罚 | 重复惩罚系数 |
            繰り返しペナルティ | 반복 페널티 | 반복 패널티 | penalizacion repeticion |
            penalizacion por repeticion | penalite repetition | wiederholungsstrafe |
            штраф за повторение | штраф за повторы | penalidade repeticao
            """,
    },
    never="length presence frequency ngram",
    span=(1, 20),
)

SAMPLING: Final = (MAX_TOKENS, TEMPERATURE, TOP_P, TOP_K, REPETITION_PENALTY)

ATTACHED_IMAGE: Final = Field(
    name="image",
    kind=Kind.IMAGE,
    aliases=("image_url", "files"),
    words={
        1.0: """
            image | input image | upload image | picture | photo | img | image input | 图片 |
            图像 | 上传图片 | 画像 | 이미지 | imagen | bild | изображение | imagem
            """,
        0.6: "upload | file | attachment",
    },
    never="mask example output",
    shape=Shape(reason="it takes a picture", score=0.4),
    insists=0.5,
)

ATTACHED_AUDIO: Final = Field(
    name="audio",
    kind=Kind.AUDIO,
    words={
        1.0: """
            audio | input audio | speech | voice | recording | 音频 | 语音 | 音声 | 오디오 | 음성 |
            аудио
            """,
        0.6: """
            microphone | record
            """,
    },
    never="output",
    shape=Shape(reason="it takes a recording", score=0.35),
    insists=0.5,
)

SOURCE_LANGUAGE: Final = Field(
    name="source_language",
    kind=Kind.LANGUAGE,
    aliases=("src_lang", "source_lang"),
    words={
        1.0: """
            source language | src lang | source lang | from language | input language | source |
            src language | language from | translate from | from lang | original language |
            source lang code | src | from | 源语言 | 原语言 | 源语種 | 来源语言 | 输入语言 |
            原文语言 | 翻訳元 | 翻訳元言語 | 入力言語 | 元の言語 | ソース言語 | 원본 언어 |
            출발 언어 | 소스 언어 | 입력 언어 | idioma origen | lengua origen | idioma fuente |
            langue source | langue origine | quellsprache | ausgangssprache | исходный язык |
            язык оригинала | idioma origem | с языка
            """,
        0.6: "language 1 | lang1",
    },
    never="target output text tgt",
    shape=Shape(reason="its choices are languages", choices="languages", score=0.5),
)

TARGET_LANGUAGE: Final = Field(
    name="target_language",
    kind=Kind.LANGUAGE,
    aliases=("tgt_lang", "target_lang", "language"),
    words={
        1.0: """
            target language | tgt lang | target lang | to language | output language | target |
            destination language | language to | translate into | to lang | tgt language |
            dest lang | tgt | dst lang | into language | target lang code | translation language |
            to | 目标语言 | 目標語言 | 输出语言 | 译文语言 | 翻訳先 | 翻訳先言語 | 出力言語 |
            ターゲット言語 | 대상 언어 | 도착 언어 | 목표 언어 | 출력 언어 | 번역 언어 |
            idioma destino | lengua destino | idioma objetivo | langue cible | langue destination |
            zielsprache | целевой язык | язык перевода | на язык | 目标语种 | hacia | vers | nach |
            para
            """,
        0.75: """
            language | lang | 语言 | 言語 | 언어 | idioma | langue | sprache | язык | direction |
            language pair | language 2 | lang2
            """,
    },
    never="source input text src detect",
    shape=Shape(reason="its choices are languages", choices="languages", score=0.49),
)

TEXTS: Final[Mapping[str, float]] = {
    "textbox": 1.0,
    "text": 1.0,
    "textarea": 1.0,
    "markdown": 0.95,
    "chatbot": 1.0,
    "code": 0.85,
    "html": 0.7,
    "json": 0.7,
    "highlightedtext": 0.7,
    "label": 0.5,
    "dataframe": 0.4,
    "file": 0.25,
}
TEXT_FOREIGN: Final = frozenset(("video", "playablevideo", "model3d", "litmodel3d"))
TEXT_GOOD: Final = """
result | output | answer | response | reply | text | generated | generated text | assistant |
completion | transcript | transcription | translation | translated | summary | caption |
description | recognized | extracted | chatbot | prediction | output text | 结果 | 输出 |
回答 | 回复 | 文本 | 识别结果 | 翻译结果 | 摘要 | 描述 | 出力 | 結果 | 応答 | テキスト | 翻訳 |
要約 | 결과 | 출력 | 답변 | 응답 | 텍스트 | 번역 | 요약 | resultado | respuesta | salida |
traduccion | transcripcion | resumen | resultat | reponse | sortie | traduction | resume |
ergebnis | antwort | ausgabe | ubersetzung | zusammenfassung | результат | ответ | вывод |
перевод | транскрипция | текст | resposta | saida | traducao | resumo
"""
TEXT_BAD: Final = """
log | status | tip | usage | note | seed | time | history | debug | info | error | input |
metric | elapsed | json | raw | prompt | token | detected | language | examples | thinking |
reasoning | progress | count | speed | instruction | 状态 | 日志 | 历史 | 耗时 | 输入 | ログ |
状態 | 入力 | 상태 | 로그 | 입력 | estado | entrada | statut | entree | eingabe | статус |
лог | ввод
"""
