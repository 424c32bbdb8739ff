"""The older generations: recorded conversations, whole and in pieces, through stream and call."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace.protocol import (
    GENERATIONS,
    NEWEST,
    Broken,
    Call,
    CallState,
    Completed,
    DataWanted,
    Entrance,
    Failed,
    HashWanted,
    Log,
    Output,
    Progress,
    ProgressUnit,
    Queued,
    Requests,
    Response,
    Started,
    Stream,
    Wire,
    parse_message,
)
from tests.protocol.chunks import cut, cuts, pieces_of
from tests.transcripts import load, names

VERSIONS = {
    "ws": "3.50.2",
    "sse": "4.0.2",
    "sse_v1": "4.16.0",
    "sse_v2": "4.19.2",
    "sse_v2.1": "4.21.0",
}
OLDER = pytest.mark.parametrize("generation", VERSIONS)
STREAMS = [name for generation in VERSIONS for name in names(generation) if generation != "ws"]
RECORDED = [*names("ws"), *STREAMS]
JOINED = Response(200, b'{"event_id": "e"}')


def generation_of(name):
    return name.split("/")[0]


def recording(generation, what):
    """The name of a conversation."""
    gradio, ending = ("gradio3", "jsonl") if generation == "ws" else ("gradio4", "sse")
    return f"{generation}/{gradio}_{what}.{ending}"


def play(name, chunks=None):
    """The events of a recording, and whether its end was clean; a websocket has no chunks."""
    if generation_of(name) == "ws":
        return [parse_message(frame) for frame in load(name).splitlines()]
    stream = Stream(generation_of(name))
    for chunk in [load(name)] if chunks is None else chunks:
        stream.receive_data(chunk)
    stream.receive_eof()
    assert not stream.truncated
    return list(stream.events())


def call_of(name):
    """A call that is about to hear a recording."""
    generation = generation_of(name)
    wire = Wire.negotiate(None if generation == "ws" else generation, VERSIONS[generation], "")
    call = Call(Requests(wire), ["x"], 3, "s")
    call.join_request()
    if wire.generation.entrance is Entrance.POST:
        call.receive_join(JOINED)
    return call


def told(generation, what):
    """The events of a recorded job that are not about its way through the queue."""
    skipped = Queued | Started | HashWanted | DataWanted
    return [e for e in play(recording(generation, what)) if not isinstance(e, skipped)]


def values(generation, what):
    """What the readers of a recorded job see: each output, then the result."""
    return [event.data for event in told(generation, what)]


# --- whole --------------------------------------------------------------------------------


def test_there_are_recordings_of_every_generation():
    """Ours: a folder that is empty by mistake would test nothing."""
    assert [*VERSIONS, NEWEST.name] == list(GENERATIONS)
    for generation in VERSIONS:
        assert len(names(generation)) >= 12


@OLDER
def test_a_short_call_has_its_events_in_order(generation):
    """Recorded from /echo; up to 4.8 the app asks for what it needs."""
    events = play(recording(generation, "echo"))
    asked = {"ws": [HashWanted, Queued, DataWanted], "sse": [Queued, DataWanted]}

    assert [type(event) for event in events] == [
        *asked.get(generation, [Queued]),
        Started,
        Completed,
    ]
    assert events[-1].data == ["naïve 文字 🎨"]
    assert events[-1].duration > 0


@OLDER
def test_only_what_needs_an_id_has_one(generation):
    """Recorded: none on 3.50.2; on 4.0.2 the data is asked for by id, and nothing else has one."""
    events = play(recording(generation, "echo"))
    named = [type(event) for event in events if getattr(event, "event_id", "")]

    assert named == {"ws": [], "sse": [DataWanted]}.get(generation, [Queued, Started, Completed])


@OLDER
def test_readers_see_whole_values_in_every_generation(generation):
    """Recorded from /grow: whole values up to 4.16.0, edits from 4.19.2 on."""
    text, items, mapping, expected = "", [], {}, []
    for i in range(6):
        text += f"word{i} é "
        items = [*items, {"i": i, "square": i * i}]
        mapping = {**mapping, f"k{i % 3}": {"last": i, "seen": list(range(i % 4))}}
        expected.append([text, items, mapping])

    assert values(generation, "grow") == [*expected, expected[-1]]


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1"])
def test_rows_and_tokens_come_and_go(generation):
    """Recorded from `small_app.py`: edits number the deletions as 4.44.1 does."""
    tables = [table["data"] for (table,) in values(generation, "table")]
    marked = [[t["token"] for t in text] for (text,) in values(generation, "marked")]

    assert tables == [
        [["a", 1]],
        [["a", 1], ["b", 2]],
        [["a", 1], ["b", 2], ["c", 3]],
        [["A", 1]],
        [["A", 1]],
    ]
    assert marked == [["a", "b", "c"], ["a"], ["ab", "d"], ["ab", "d"]]


@OLDER
def test_a_generators_steps_come_one_by_one(generation):
    """Recorded from /count; the result repeats the last step."""
    assert values(generation, "count") == [["0"], ["1"], ["2"], ["2"]]


@OLDER
def test_notes_have_a_level_and_no_heading(generation):
    """Recorded from /with_logs."""
    info, warning, completed = told(generation, "with_logs")

    assert info == Log(completed.event_id, "hello ada", "info")
    assert warning == Log(completed.event_id, "careful", "warning")


@OLDER
def test_progress_may_be_told(generation):
    """Recorded from /with_progress: short jobs end before the app has told anything."""
    *moves, completed = told(generation, "with_progress")

    assert completed.data == ["3 steps"]
    for move in moves:
        (unit,) = move.units
        assert isinstance(move, Progress)
        assert unit == ProgressUnit(unit.index, 3, "brush strokes", None, "painting")


@OLDER
@pytest.mark.parametrize(
    ("what", "sent", "plain"),
    [
        ("raise_error", "'boom'", "boom"),
        ("raise_plain", "the plain one", "the plain one"),
    ],
)
def test_a_failed_job_says_what_the_app_said(generation, what, sent, plain):
    """Recorded with show_error; the words of gr.Error are quoted."""
    (failed,) = told(generation, what)

    assert failed == Failed(failed.event_id, sent)
    assert Wire.negotiate(generation, VERSIONS[generation], "").plain_error(sent) == plain


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1"])
def test_an_app_may_hide_its_words(generation):
    """Recorded without show_error."""
    (failed,) = told(generation, "hidden_error")

    assert failed.message is None


@OLDER
def test_state_updates_and_jobs_without_outputs_are_handed_out_as_they_came(generation):
    """Recorded from /accumulate, /updated and /nothing."""
    ((update,),) = values(generation, "updated")

    assert values(generation, "accumulate") == [[3, None]]
    assert (update["__type__"], update["value"]) == ("update", "fresh")
    assert values(generation, "nothing") == [[]]


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1"])
def test_two_jobs_on_one_stream_are_told_apart(generation):
    """Recorded from /slow and /grow in one session."""
    events = play(recording(generation, "two_jobs"))
    grown, slow = (event for event in events if isinstance(event, Completed))
    outputs = {
        job.event_id: [
            e.data for e in events if isinstance(e, Output) and e.event_id == job.event_id
        ]
        for job in (grown, slow)
    }

    assert [text for text, _, _ in outputs[grown.event_id]] == [
        "word0 é ",
        "word0 é word1 é ",
        "word0 é word1 é word2 é ",
    ]
    assert outputs[slow.event_id][0] == ["first running"]
    assert outputs[slow.event_id][-1] == slow.data == ["first done"]


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1"])
def test_a_waiting_job_is_told_its_rank(generation):
    """Recorded from /sleep behind the jobs of two other sessions."""
    queued = [e for e in play(recording(generation, "waiting")) if isinstance(e, Queued)]

    assert [(event.rank, event.queue_size) for event in queued] == [(1, 2), (0, 1)]


def test_a_stream_opened_twice_says_that_the_session_is_unknown():
    """Recorded on 4.16.0, in words; 4.19.2 and 4.21.0 may give the rest of the job instead."""
    (broken,) = play(recording("sse_v1", "reopened"))

    assert broken == Broken("404: Session not found.", session_not_found=True)
    for generation in ("sse_v2", "sse_v2.1"):
        assert values(generation, "reopened")[-2:] == [["reopened done"]] * 2


# --- through a call -----------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in RECORDED if "two_jobs" not in name])
def test_recorded_conversations_lead_a_call_to_its_end(name):
    """Every recording of one job; what the app asks for is answered once."""
    call = call_of(name)
    states, answers = [call.state], []
    for event in play(name):
        answer = call.answer_to(event)
        if answer is not None:
            answers.append(json.loads(answer.body))
        call.receive_event(event)
        states.append(call.state)
    last = call.state
    call.receive_eof()

    about = {"fn_index": 3, "session_hash": "s"}
    asked = {"ws": [about, {**about, "data": ["x"]}], "sse": [{**about, "data": ["x"]}]}
    ids = [answer.pop("event_id") for answer in answers if "event_id" in answer]
    assert answers == asked.get(generation_of(name), [])
    assert [call.event_id] == {"ws": [""], "sse": ids}.get(generation_of(name), ["e"])
    assert ids != [""]

    begun = [CallState.JOINING, CallState.WAITING] if answers else [CallState.WAITING]
    if name == recording("sse_v1", "reopened"):
        end, between = CallState.LOST, []
    else:
        end = CallState.FAILED if "raise" in name or "error" in name else CallState.COMPLETED
        between = [CallState.RUNNING]
    assert [state for state, _ in itertools.groupby(states)] == [*begun, *between, end]
    assert call.state is last is end


# --- in pieces ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunks_of_any_size_give_the_same_events(name, size):
    """Every recording of a stream, byte by byte and in larger pieces."""
    assert play(name, pieces_of(load(name), size)) == play(name)


@given(name=st.sampled_from(STREAMS), places=cuts)
def test_chunk_borders_do_not_matter(name, places):
    """Every recording of a stream, cut at random."""
    assert play(name, cut(load(name), places)) == play(name)


@given(name=st.sampled_from(STREAMS), trailing=st.sampled_from([b": bye", b"\n\n", b"event: x\n"]))
def test_trailing_bytes_that_are_no_message_do_not_matter(name, trailing):
    """Ours: comments, blank lines and fields without data."""
    assert play(name, [load(name), trailing]) == play(name)


@pytest.mark.parametrize("name", [name for name in STREAMS if "reopened" not in name])
def test_a_stream_that_ends_anywhere_before_its_outcome_loses_the_job(name):
    """Ours: up to 4.21 the app just ends the stream, so only the outcome tells a good end."""
    whole = play(name)
    place = len(load(name)) - 10
    stream, call = Stream(generation_of(name)), call_of(name)
    stream.receive_data(load(name)[:place])
    stream.receive_eof()

    events = list(stream.events())
    for event in events:
        if "two_jobs" not in name:
            call.receive_event(event)
    call.receive_eof()

    assert events == whole[:-1]
    assert stream.truncated
    assert "two_jobs" in name or call.state is CallState.LOST
