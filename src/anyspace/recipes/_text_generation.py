"""Text generation: a prompt goes in, what follows comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["TEXT_GENERATION"]

TEXT_GENERATION: Final = Task(
    name="text-generation",
    fields=(
        dialogue.MESSAGE,
        dialogue.HISTORY,
        dialogue.SYSTEM_PROMPT,
        *dialogue.SAMPLING,
        diffusion.MODEL,
        diffusion.SEED,
    ),
    needs=("message",),
    proof="max_tokens",
    outcome=Outcome(
        media=Media.TEXT,
        components=dialogue.TEXTS,
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            generate text | text generation | complete | completion | write | continue |
            story | generate story | textgen | autocomplete | code generation | generate code |
            next token
            """,
        0.7: "llm | generate response | respond",
    },
    topic="""
        text generation | generate text | generated text | completion | complete | language model |
        llm | gpt | story | poem | writer | write | continuation | code generation |
        max new token | max token | 生成文本 | 续写 | 写作 | 文章生成 | 生成されたテキスト |
        텍스트 생성 | 글쓰기 | generar texto | generation texte | textgenerierung |
        генерация текста | gerar texto | temperature | top p
        """,
    silent=0.35,
    modes="text generation | completion",
    others="""
        translate | translation | summarize | summary | summarization | caption | ocr |
        transcribe | speech | image | picture | draw | enhance prompt | prompt enhance | tts |
        classify | sentiment | embedding | search | retrieve | vote | flag | like | undo | retry |
        clear | grammar | keyword | tokenize | detect | chat | chatbot | conversation | respond |
        question answering | 翻译 | 摘要 | 翻訳 | 要約 | 번역 |
        요약 | traducir | traduccion | resumen | traduire | traduction | ubersetzen | ubersetzung |
        zusammenfassen | zusammenfassung | перевод | перевести | резюме | traduzir | traducao |
        resumo
        """,
)
