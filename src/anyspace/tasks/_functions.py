"""Tasks as functions: each connects, does it once, and closes.

For more than one call a client is faster: it keeps its connections.
"""

from __future__ import annotations

from anyspace.tasks._derive import as_function, blocking_function
from anyspace.tasks._task_client import AsyncTaskClient

__all__ = [
    "async_audio_to_audio",
    "async_automatic_speech_recognition",
    "async_chat_completion",
    "async_document_ocr",
    "async_document_question_answering",
    "async_feature_extraction",
    "async_image_segmentation",
    "async_image_to_3d",
    "async_image_to_image",
    "async_image_to_text",
    "async_image_to_video",
    "async_image_upscaling",
    "async_inpainting",
    "async_remove_background",
    "async_summarization",
    "async_text_generation",
    "async_text_to_audio",
    "async_text_to_image",
    "async_text_to_speech",
    "async_text_to_video",
    "async_translation",
    "async_visual_question_answering",
    "audio_to_audio",
    "automatic_speech_recognition",
    "chat_completion",
    "document_ocr",
    "document_question_answering",
    "feature_extraction",
    "image_segmentation",
    "image_to_3d",
    "image_to_image",
    "image_to_text",
    "image_to_video",
    "image_upscaling",
    "inpainting",
    "remove_background",
    "summarization",
    "text_generation",
    "text_to_audio",
    "text_to_image",
    "text_to_speech",
    "text_to_video",
    "translation",
    "visual_question_answering",
]

text_to_image = blocking_function(AsyncTaskClient.text_to_image)
image_to_image = blocking_function(AsyncTaskClient.image_to_image)
inpainting = blocking_function(AsyncTaskClient.inpainting)
image_upscaling = blocking_function(AsyncTaskClient.image_upscaling)
image_segmentation = blocking_function(AsyncTaskClient.image_segmentation)
remove_background = blocking_function(AsyncTaskClient.remove_background)
image_to_3d = blocking_function(AsyncTaskClient.image_to_3d)
text_to_video = blocking_function(AsyncTaskClient.text_to_video)
image_to_video = blocking_function(AsyncTaskClient.image_to_video)
text_to_speech = blocking_function(AsyncTaskClient.text_to_speech)
text_to_audio = blocking_function(AsyncTaskClient.text_to_audio)
audio_to_audio = blocking_function(AsyncTaskClient.audio_to_audio)
automatic_speech_recognition = blocking_function(AsyncTaskClient.automatic_speech_recognition)
image_to_text = blocking_function(AsyncTaskClient.image_to_text)
visual_question_answering = blocking_function(AsyncTaskClient.visual_question_answering)
document_question_answering = blocking_function(AsyncTaskClient.document_question_answering)
document_ocr = blocking_function(AsyncTaskClient.document_ocr)
translation = blocking_function(AsyncTaskClient.translation)
summarization = blocking_function(AsyncTaskClient.summarization)
feature_extraction = blocking_function(AsyncTaskClient.feature_extraction)
chat_completion = blocking_function(AsyncTaskClient.chat_completion)
text_generation = blocking_function(AsyncTaskClient.text_generation)

async_text_to_image = as_function(AsyncTaskClient.text_to_image)
async_image_to_image = as_function(AsyncTaskClient.image_to_image)
async_inpainting = as_function(AsyncTaskClient.inpainting)
async_image_upscaling = as_function(AsyncTaskClient.image_upscaling)
async_image_segmentation = as_function(AsyncTaskClient.image_segmentation)
async_remove_background = as_function(AsyncTaskClient.remove_background)
async_image_to_3d = as_function(AsyncTaskClient.image_to_3d)
async_text_to_video = as_function(AsyncTaskClient.text_to_video)
async_image_to_video = as_function(AsyncTaskClient.image_to_video)
async_text_to_speech = as_function(AsyncTaskClient.text_to_speech)
async_text_to_audio = as_function(AsyncTaskClient.text_to_audio)
async_audio_to_audio = as_function(AsyncTaskClient.audio_to_audio)
async_automatic_speech_recognition = as_function(AsyncTaskClient.automatic_speech_recognition)
async_image_to_text = as_function(AsyncTaskClient.image_to_text)
async_visual_question_answering = as_function(AsyncTaskClient.visual_question_answering)
async_document_question_answering = as_function(AsyncTaskClient.document_question_answering)
async_document_ocr = as_function(AsyncTaskClient.document_ocr)
async_translation = as_function(AsyncTaskClient.translation)
async_summarization = as_function(AsyncTaskClient.summarization)
async_feature_extraction = as_function(AsyncTaskClient.feature_extraction)
async_chat_completion = as_function(AsyncTaskClient.chat_completion)
async_text_generation = as_function(AsyncTaskClient.text_generation)
