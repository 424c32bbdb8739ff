"""Chat: a message goes in, with what was said before, and an answer comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["CHAT_COMPLETION"]

CHAT_COMPLETION: Final = Task(
    name="chat-completion",
    fields=(
        dialogue.MESSAGE,
        dialogue.HISTORY,
        dialogue.SYSTEM_PROMPT,
        *dialogue.SAMPLING,
        diffusion.MODEL,
        dialogue.ATTACHED_IMAGE,
        diffusion.SEED,
    ),
    needs=("message",),
    proof="history|system_prompt",
    outcome=Outcome(
        media=Media.TEXT,
        # Beside a conversation a text box is the one that was typed in, emptied.
        components={**dialogue.TEXTS, "textbox": 0.97},
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            chat | respond | reply | bot | chatbot | conversation | answer | ask |
            chat completion | talk | stream chat | bot response | chat response |
            generate response | get response | chat fn | chat stream | user | chat with |
            bot streaming | add message
            """,
        0.8: "generate text | message | stream | completion | query | llm | qa | echo",
    },
    topic="""
        chat | chatbot | conversation | assistant | llm | language model | respond | response |
        reply | instruct | bot | answer | ask | 聊天 | 对话 | 助手 | 回答 | チャット | 会話 |
        アシスタント | 채팅 | 챗봇 | 대화 | asistente | gespräch | чат | ассистент | бот |
        system prompt | system message | max new token | conversa
        """,
    silent=0.35,
    modes="chat | conversation",
    others="""
        translate | translation | summarize | summary | summarization | caption | ocr |
        transcribe | speech | image | picture | draw | enhance prompt | tts | rewrite | classify |
        sentiment | embedding | search | retrieve | vote | flag | like | undo | retry |
        regenerate | clear | rename | delete | login | grammar | keyword | tokenize | detect |
        paraphrase | index | build | load model | sql | 翻译 | 摘要 | 翻訳 | 要約 | 번역 |
        요약 | traducir | traduccion | resumen | traduire | traduction | ubersetzen | ubersetzung |
        zusammenfassen | zusammenfassung | перевод | перевести | резюме | traduzir | traducao |
        resumo
        """,
)
