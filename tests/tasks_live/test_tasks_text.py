"""Text in, text or numbers out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from anyspace.tasks import Preview
from tests.tasks_live.doing import do

pytestmark = pytest.mark.servers

ARTICLE = (
    "The red fox is the largest of the foxes. It rained on Monday. Red foxes live in forests "
    "and in towns. The bus was late. The red fox hunts mice, and foxes hide food."
)


@pytest.mark.parametrize(
    ("text", "languages", "translation"),
    [
        ("Good morning", {"source_language": "en", "target_language": "de"}, "guten Morgen"),
        ("the cat drinks water", {"target_language": "fr"}, "le chat boit eau"),
        ("das Haus", {"source_language": "German", "target_language": "spa"}, "la casa"),
    ],
)
async def test_a_text_is_translated(anywhen, text, languages, translation):
    """Observed; languages by code or by name, the source found by the app when not given."""
    made = await do(anywhen("translation"), "translation", text=text, **languages)
    assert made.text == translation


async def test_a_summary_is_shorter_and_of_the_articles_own_sentences(anywhen):
    """Observed: the length is the one that was asked for."""
    made = await do(anywhen("summarization"), "summarization", text=ARTICLE, max_tokens=20)
    assert "red fox" in made.text.lower()
    assert len(made.text.split()) <= 20
    assert all(part.strip(". ") in ARTICLE for part in made.text.split(". "))


async def test_near_texts_have_near_vectors(anywhen):
    """Observed: a list of numbers of length one."""
    fox, foxes, tax = [
        np.array((await do(anywhen("embeddings"), "feature-extraction", text=text)).data)
        for text in ("the red fox", "the red foxes", "income tax law")
    ]
    assert fox.shape == (64,)
    assert np.linalg.norm(fox) == pytest.approx(1)
    assert fox @ foxes > 0.8 > fox @ tax


async def test_a_text_is_carried_on_and_shown_as_it_grows(anywhen):
    """Observed: each preview begins with the one before."""
    seen = []
    made = await do(
        anywhen("text_generation"),
        "text-generation",
        prompt="the fox",
        max_new_tokens=12,
        seed=2,
        on_update=seen.append,
    )
    assert len(made.text.split()) == 14
    texts = [update.text for update in seen if isinstance(update, Preview)]
    assert len(texts) > 2
    assert all(later.startswith(sooner) for sooner, later in pairwise(texts))
    again = await do(
        anywhen("text_generation"), "text-generation", prompt="the fox", max_new_tokens=12, seed=2
    )
    assert again.text == made.text
