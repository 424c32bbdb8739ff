"""What the chat programs say: sums, names, what was said before. Answers can be checked."""

import operator
import re

SUMS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "times": operator.mul}
ME = {"i": "you", "my": "your", "am": "are", "me": "you", "you": "I", "your": "my"}


def text_of(content):
    """What a message says, in any form that a Gradio version keeps it."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return content.get("text") or ""
    if isinstance(content, (list, tuple)):
        return " ".join(filter(None, map(text_of, content)))
    return ""


def said_by_user(history):
    """The user's earlier words; of a history of pairs or of messages."""
    for turn in history or []:
        if isinstance(turn, dict):
            if turn["role"] == "user":
                yield text_of(turn["content"])
        else:
            yield text_of(turn[0])


def written_out(message):
    """The user's words of a conversation that is written out in one message, as models read it."""
    return [m.strip() for m in re.findall(r"^User: (.*)$", message, re.MULTILINE)] or [message]


def answer(message, history=(), system=""):
    """Answer a message, given what was said before and how to behave."""
    *earlier, message = written_out(message.strip())
    reply = _answer(message, [*said_by_user(history), *earlier], system or "")
    return reply.upper() if "capital" in (system or "").lower() else reply


def _answer(message, before, system):
    words = message.lower().rstrip("?!. ")
    found = re.search(r"(\d+) *(\+|-|\*|times) *(\d+)", words)
    if found:
        a, sign, b = found.groups()
        return f"{a} {sign} {b} = {SUMS[sign](int(a), int(b))}"
    found = re.search(r"my name is (\w+)", words)
    if found and "what" not in words:
        return f"Nice to meet you, {found.group(1).title()}."
    if "my name" in words:
        told = [m for text in before for m in re.findall(r"my name is (\w+)", text.lower())]
        return f"Your name is {told[-1].title()}." if told else "You have not told me your name."
    if "who are you" in words:
        found = re.search(r"you are (\w+)", system, re.IGNORECASE)
        return f"I am {found.group(1) if found else 'a small program'}."
    if "how many messages" in words:
        return f"You wrote {len(before) + 1} messages."
    if re.match(r"count to \d+", words):
        return " ".join(map(str, range(1, int(words.split()[-1]) + 1)))
    turned = " ".join(ME.get(word, word) for word in words.split())
    return f"Why do you say that {turned}?"


def pieces(reply, most=1000):
    """The answer as it grows, word by word, up to so many words."""
    words = reply.split(" ")[: int(most)]
    for count in range(1, len(words) + 1):
        yield " ".join(words[:count])
