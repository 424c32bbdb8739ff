"""Tasks around speech, sound and music."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from anyspace.tasks._client import TaskBase
from anyspace.tasks._options import (
    Content,
    ConversionOptions,
    MusicOptions,
    RecognitionOptions,
    SpeechOptions,
    to_content,
)
from anyspace.tasks._outputs import make, read_sounds

if TYPE_CHECKING:
    from huggingface_hub import AudioToAudioOutputElement, AutomaticSpeechRecognitionOutput

__all__ = ["SoundTasks"]


class SoundTasks(TaskBase):
    """Methods that speak, listen, and make sounds."""

    async def text_to_speech(
        self,
        text: str,
        *,
        model: str | None = None,
        do_sample: bool | None = None,
        early_stopping: bool | str | None = None,
        epsilon_cutoff: float | None = None,
        eta_cutoff: float | None = None,
        max_length: int | None = None,
        max_new_tokens: int | None = None,
        min_length: int | None = None,
        min_new_tokens: int | None = None,
        num_beam_groups: int | None = None,
        num_beams: int | None = None,
        penalty_alpha: float | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        typical_p: float | None = None,
        use_cache: bool | None = None,
        extra_body: Mapping[str, Any] | None = None,
        **options: Unpack[SpeechOptions],
    ) -> bytes:
        """Let a Space say a text.

        The parameters from `do_sample` to `use_cache` are those of
        ``huggingface_hub.InferenceClient``; they count where the Space's endpoint has
        parameters of these names. `voice`, `language` and others are among the options.

        Args:
            text: What to say.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            do_sample: See above.
            early_stopping: See above.
            epsilon_cutoff: See above.
            eta_cutoff: See above.
            max_length: See above.
            max_new_tokens: See above.
            min_length: See above.
            min_new_tokens: See above.
            num_beam_groups: See above.
            num_beams: See above.
            penalty_alpha: See above.
            temperature: How freely to speak.
            top_k: See above.
            top_p: See above.
            typical_p: See above.
            use_cache: See above.
            extra_body: Other fields, and the endpoint's own parameters by name.
            options: See `SpeechOptions` and `CallOptions`.

        Returns:
            The sound's file, as the Space makes it.

        Warns:
            BindingWarning: A value was changed to fit, or the Space does not offer it.

        Raises:
            BindingError: No endpoint of the Space does this.
            ArgumentError: A value does not fit; nothing was sent.
            AppError: The Space's own code raised.
            AnyspaceError: Anything else of the tree in `anyspace`.
        """
        made = await self._do(
            "text-to-speech",
            model,
            {**options, "extra_body": extra_body},
            {"text": text, "temperature": temperature},
            {
                "do_sample": do_sample,
                "early_stopping": early_stopping,
                "epsilon_cutoff": epsilon_cutoff,
                "eta_cutoff": eta_cutoff,
                "max_length": max_length,
                "max_new_tokens": max_new_tokens,
                "min_length": min_length,
                "min_new_tokens": min_new_tokens,
                "num_beam_groups": num_beam_groups,
                "num_beams": num_beams,
                "penalty_alpha": penalty_alpha,
                "top_k": top_k,
                "top_p": top_p,
                "typical_p": typical_p,
                "use_cache": use_cache,
            },
        )
        return await made.files[0].read()

    async def text_to_audio(
        self,
        prompt: str,
        *,
        model: str | None = None,
        negative_prompt: str | None = None,
        lyrics: str | None = None,
        duration: float | None = None,
        num_inference_steps: int | None = None,
        guidance_scale: float | None = None,
        seed: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        **options: Unpack[MusicOptions],
    ) -> bytes:
        """Let a Space make music or a sound.

        Args:
            prompt: What shall be heard.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            negative_prompt: What shall not.
            lyrics: What is sung.
            duration: Seconds.
            num_inference_steps: More take longer and sound better.
            guidance_scale: How closely to follow the prompt.
            seed: The same seed makes the same sound; without one it is drawn by lot.
            extra_body: Other fields, and the endpoint's own parameters by name.
            options: See `MusicOptions` and `CallOptions`.

        Returns:
            The sound's file, as the Space makes it.

        Warns:
            BindingWarning: As for `text_to_speech`.

        Raises:
            AnyspaceError: As for `text_to_speech`.
        """
        made = await self._do(
            "text-to-audio",
            model,
            {**options, "extra_body": extra_body},
            {
                "prompt": prompt,
                "negative_prompt": negative_prompt,
                "lyrics": lyrics,
                "duration": duration,
                "num_inference_steps": num_inference_steps,
                "guidance_scale": guidance_scale,
                "seed": seed,
            },
        )
        return await made.files[0].read()

    async def audio_to_audio(
        self,
        audio: Content,
        *,
        model: str | None = None,
        **options: Unpack[ConversionOptions],
    ) -> list[AudioToAudioOutputElement]:
        """Let a Space change a recording: clean it, take it apart, give it another voice.

        Args:
            audio: The recording.
            model: The Space, or the address of any Gradio app.
            options: See `ConversionOptions` and `TaskOptions`.

        Returns:
            The recordings that came back, each with its bytes, its type and a label.

        Warns:
            BindingWarning: As for `text_to_speech`.

        Raises:
            AnyspaceError: As for `text_to_speech`.
        """
        made = await self._do("audio-to-audio", model, options, {"audio": to_content(audio)})
        return await read_sounds(made)

    async def automatic_speech_recognition(
        self,
        audio: Content,
        *,
        model: str | None = None,
        extra_body: Mapping[str, Any] | None = None,
        **options: Unpack[RecognitionOptions],
    ) -> AutomaticSpeechRecognitionOutput:
        """Let a Space write down what is said.

        Args:
            audio: The recording.
            model: The Space, or the address of any Gradio app.
            extra_body: Other fields, and the endpoint's own parameters by name.
            options: See `RecognitionOptions` and `CallOptions`.

        Returns:
            The text. Spaces tell no times: `chunks` is None.

        Warns:
            BindingWarning: As for `text_to_speech`.

        Raises:
            AnyspaceError: As for `text_to_speech`.
        """
        made = await self._do(
            "automatic-speech-recognition",
            model,
            {**options, "extra_body": extra_body},
            {"audio": to_content(audio)},
        )
        output: AutomaticSpeechRecognitionOutput = make(
            "AutomaticSpeechRecognitionOutput", text=made.text
        )
        return output
