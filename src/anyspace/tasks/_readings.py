"""Tasks that read: pictures, pages, texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Unpack

from anyspace.tasks._client import TaskBase
from anyspace.tasks._options import (
    AskOptions,
    Content,
    ReadOptions,
    SummaryOptions,
    TaskOptions,
    to_content,
)
from anyspace.tasks._outputs import make, numpy

if TYPE_CHECKING:
    import numpy as np
    from huggingface_hub import (
        DocumentQuestionAnsweringOutputElement,
        ImageToTextOutput,
        SummarizationOutput,
        TranslationOutput,
        VisualQuestionAnsweringOutputElement,
    )

__all__ = ["ReadingTasks"]


class ReadingTasks(TaskBase):
    """Methods that tell in words, or in numbers, what something holds."""

    async def image_to_text(
        self,
        image: Content,
        *,
        model: str | None = None,
        **options: Unpack[ReadOptions],
    ) -> ImageToTextOutput:
        """Let a Space describe a picture.

        Args:
            image: The picture.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            options: See `ReadOptions` and `TaskOptions`.

        Returns:
            The description, as `generated_text`.

        Warns:
            BindingWarning: A value was changed to fit, or the Space does not offer it.

        Raises:
            BindingError: No endpoint of the Space does this.
            ArgumentError: A value does not fit; nothing was sent.
            AppError: The Space's own code raised.
            AnyspaceError: Anything else of the tree in `anyspace`.
        """
        made = await self._do("image-to-text", model, options, {"image": to_content(image)})
        output: ImageToTextOutput = make("ImageToTextOutput", generated_text=made.text)
        return output

    async def visual_question_answering(
        self,
        image: Content,
        question: str,
        *,
        model: str | None = None,
        top_k: int | None = None,
        **options: Unpack[AskOptions],
    ) -> list[VisualQuestionAnsweringOutputElement]:
        """Ask a Space about a picture.

        Args:
            image: The picture.
            question: The question.
            model: The Space, or the address of any Gradio app.
            top_k: How many answers, if the Space lets one choose.
            options: See `AskOptions`, `ReadOptions` and `TaskOptions`.

        Returns:
            One answer. Spaces tell no scores: its `score` is None.

        Warns:
            BindingWarning: As for `image_to_text`.

        Raises:
            AnyspaceError: As for `image_to_text`.
        """
        fields = {"image": to_content(image), "question": question, "top_k": top_k}
        made = await self._do("visual-question-answering", model, options, fields)
        return [make("VisualQuestionAnsweringOutputElement", answer=made.text)]

    async def document_question_answering(
        self,
        image: Content,
        question: str,
        *,
        model: str | None = None,
        doc_stride: int | None = None,
        handle_impossible_answer: bool | None = None,
        lang: str | None = None,
        max_answer_len: int | None = None,
        max_question_len: int | None = None,
        max_seq_len: int | None = None,
        top_k: int | None = None,
        word_boxes: list[list[float] | str] | None = None,
        **options: Unpack[AskOptions],
    ) -> list[DocumentQuestionAnsweringOutputElement]:
        """Ask a Space about a page.

        The parameters from `doc_stride` to `word_boxes` are those of
        ``huggingface_hub.InferenceClient``; they count where the Space's endpoint has
        parameters of these names.

        Args:
            image: The page, as a picture.
            question: The question.
            model: The Space, or the address of any Gradio app.
            doc_stride: See above.
            handle_impossible_answer: See above.
            lang: See above.
            max_answer_len: See above.
            max_question_len: See above.
            max_seq_len: See above.
            top_k: See above.
            word_boxes: See above.
            options: See `AskOptions`, `ReadOptions` and `TaskOptions`.

        Returns:
            One answer. Spaces tell neither scores nor places: those are None.

        Warns:
            BindingWarning: As for `image_to_text`.

        Raises:
            AnyspaceError: As for `image_to_text`.
        """
        made = await self._do(
            "visual-question-answering",
            model,
            options,
            {"image": to_content(image), "question": question},
            {
                "doc_stride": doc_stride,
                "handle_impossible_answer": handle_impossible_answer,
                "lang": lang,
                "max_answer_len": max_answer_len,
                "max_question_len": max_question_len,
                "max_seq_len": max_seq_len,
                "top_k": top_k,
                "word_boxes": word_boxes,
            },
        )
        return [make("DocumentQuestionAnsweringOutputElement", answer=made.text)]

    async def document_ocr(
        self,
        document: Content,
        *,
        language: str | None = None,
        question: str | None = None,
        model: str | None = None,
        **options: Unpack[ReadOptions],
    ) -> str:
        """Let a Space read a page.

        Args:
            document: A picture of it, or a PDF.
            language: What it is written in, as code or name.
            question: What to read, for Spaces that want to be told.
            model: The Space, or the address of any Gradio app.
            options: See `ReadOptions` and `TaskOptions`.

        Returns:
            The text, in whatever markup the Space writes it.

        Warns:
            BindingWarning: As for `image_to_text`.

        Raises:
            AnyspaceError: As for `image_to_text`.
        """
        # Which of the two fields the Space has is seen to where it is bound.
        fields = {"image": to_content(document), "language": language, "question": question}
        return (await self._do("document-ocr", model, options, fields)).text

    async def translation(
        self,
        text: str,
        *,
        model: str | None = None,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        clean_up_tokenization_spaces: bool | None = None,
        truncation: str | None = None,
        generate_parameters: Mapping[str, Any] | None = None,
        **options: Unpack[ReadOptions],
    ) -> TranslationOutput:
        """Let a Space translate a text.

        Args:
            text: The text.
            model: The Space, or the address of any Gradio app.
            src_lang: What it is written in, as code or name, however the Space says it.
            tgt_lang: What to translate it to, likewise.
            clean_up_tokenization_spaces: If the Space lets one choose.
            truncation: Likewise.
            generate_parameters: Likewise, by name.
            options: See `ReadOptions` and `TaskOptions`.

        Returns:
            The translation, as `translation_text`.

        Warns:
            BindingWarning: As for `image_to_text`.

        Raises:
            AnyspaceError: As for `image_to_text`.
        """
        made = await self._do(
            "translation",
            model,
            options,
            {"text": text, "src_lang": src_lang, "tgt_lang": tgt_lang},
            {
                "clean_up_tokenization_spaces": clean_up_tokenization_spaces,
                "truncation": truncation,
                **(generate_parameters or {}),
            },
        )
        output: TranslationOutput = make("TranslationOutput", translation_text=made.text)
        return output

    async def summarization(
        self,
        text: str,
        *,
        model: str | None = None,
        clean_up_tokenization_spaces: bool | None = None,
        generate_parameters: Mapping[str, Any] | None = None,
        truncation: str | None = None,
        **options: Unpack[SummaryOptions],
    ) -> SummarizationOutput:
        """Let a Space sum up a text.

        Args:
            text: The text.
            model: The Space, or the address of any Gradio app.
            clean_up_tokenization_spaces: If the Space lets one choose.
            generate_parameters: Likewise, by name.
            truncation: Likewise.
            options: See `SummaryOptions` and `TaskOptions`.

        Returns:
            The summary, as `summary_text`.

        Warns:
            BindingWarning: As for `image_to_text`.

        Raises:
            AnyspaceError: As for `image_to_text`.
        """
        made = await self._do(
            "summarization",
            model,
            options,
            {"text": text},
            {
                "clean_up_tokenization_spaces": clean_up_tokenization_spaces,
                "truncation": truncation,
                **(generate_parameters or {}),
            },
        )
        output: SummarizationOutput = make("SummarizationOutput", summary_text=made.text)
        return output

    async def feature_extraction(
        self,
        text: str | list[str],
        *,
        normalize: bool | None = None,
        prompt_name: str | None = None,
        truncate: bool | None = None,
        truncation_direction: Literal["left", "right"] | None = None,
        dimensions: int | None = None,
        encoding_format: Literal["float", "base64"] | None = None,
        model: str | None = None,
        **options: Unpack[TaskOptions],
    ) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Let a Space embed a text.

        The parameters from `normalize` to `encoding_format` are those of
        ``huggingface_hub.InferenceClient``; they count where the Space's endpoint has
        parameters of these names.

        Args:
            text: The text, or several; each takes a call.
            normalize: See above.
            prompt_name: See above.
            truncate: See above.
            truncation_direction: See above.
            dimensions: See above.
            encoding_format: See above.
            model: The Space, or the address of any Gradio app.
            options: See `TaskOptions`.

        Returns:
            The numbers as the Space gives them; of several texts stacked.

        Warns:
            BindingWarning: As for `image_to_text`.

        Raises:
            ImportError: numpy is not installed.
            AnyspaceError: As for `image_to_text`.
        """
        arrays = numpy()
        wishes = {
            "normalize": normalize,
            "prompt_name": prompt_name,
            "truncate": truncate,
            "truncation_direction": truncation_direction,
            "dimensions": dimensions,
            "encoding_format": encoding_format,
        }
        texts = text if isinstance(text, list) else [text]
        each = [{"text": one} for one in texts]
        made = await self._do_each("feature-extraction", model, options, each, wishes)
        found = [arrays.array(one.data, dtype="float32") for one in made]
        stacked: np.ndarray[Any, np.dtype[np.float32]] = arrays.stack(found)
        return stacked if isinstance(text, list) else found[0]
