"""One event stream: recorded conversations, and what their readers see."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import LocalProtocolError, RemoteProtocolError
from anyspace.protocol import (
    GENERATIONS,
    Broken,
    Cancelled,
    Closing,
    Completed,
    Failed,
    Heartbeat,
    Log,
    NamedStream,
    Output,
    Piece,
    Progress,
    ProgressUnit,
    Queued,
    Started,
    Stream,
)
from tests.protocol.chunks import cut, cuts, pieces_of
from tests.protocol.diffs import NUMBERINGS, diff
from tests.transcripts import load, names


@pytest.mark.parametrize("stream", [Stream("sse_v3"), NamedStream()], ids=["session", "call"])
def test_a_stream_knows_whether_an_event_is_on_its_way(stream):
    """A large one may take longer than an app may be silent; a comment is none."""
    seen = []
    for chunk in (b": hello\n", b"data: ", b"null\n"):
        stream.receive_data(chunk)
        seen.append(stream.receiving)
    assert seen == [False, True, True]


RECORDED = names("sse_v3")
GRADIOS = pytest.mark.parametrize("gradio", ["gradio4", "gradio5", "gradio6"])


def play(chunks, generation="sse_v3"):
    stream = Stream(generation)
    for chunk in chunks:
        stream.receive_data(chunk)
    stream.receive_eof()
    return list(stream.events())


def whole(name):
    return play([load(name)])


def told(name):
    """The events of a recording with one job, without its estimates and the stream's end."""
    *events, closing = whole(name)
    assert closing == Closing()
    ids = {event.event_id for event in events if not isinstance(event, Heartbeat)}
    assert len(ids) == 1
    return [event for event in events if not isinstance(event, Queued | Started | Heartbeat)]


def values(name):
    """What the readers of a recording with one job see: each output, then the result."""
    return [event.data for event in told(name)]


def message(msg, event_id="e", **fields):
    return b"data: " + json.dumps({"msg": msg, "event_id": event_id, **fields}).encode() + b"\n\n"


def generating(data, event_id="e", msg="process_generating"):
    return message(msg, event_id, output={"data": data}, success=True)


# --- the recordings, whole -----------------------------------------------------------


def test_there_are_recordings_of_every_gradio_that_is_tested():
    """Ours: a folder that is empty by mistake would test nothing."""
    assert len(RECORDED) > 50
    assert {name.split("/")[1].split("_")[0] for name in RECORDED} == {
        "gradio4",
        "gradio5",
        "gradio6",
    }


@GRADIOS
def test_a_short_call_is_queued_started_and_completed(gradio):
    """Recorded from /echo on 4.44.1, 5.50.0 and 6.31.0."""
    queued, started, completed, closing = whole(f"sse_v3/{gradio}_echo.sse")

    assert isinstance(queued, Queued)
    assert (queued.rank, queued.queue_size) == (0, 1)
    assert isinstance(started, Started)
    assert isinstance(completed, Completed)
    assert completed.data == ["naïve 文字 🎨"]
    assert completed.duration is not None
    assert completed.duration > 0
    assert queued.event_id == started.event_id == completed.event_id != ""
    assert closing == Closing()


@GRADIOS
def test_readers_see_whole_values_never_edits(gradio):
    """Recorded from /grow: text, a list and a mapping grow in six steps."""
    seen = values(f"sse_v3/{gradio}_grow.sse")

    text, items, mapping, expected = "", [], {}, []
    for i in range(6):
        text += f"word{i} é "
        items = [*items, {"i": i, "square": i * i}]
        mapping = {**mapping, f"k{i % 3}": {"last": i, "seen": list(range(i % 4))}}
        expected.append([text, items, mapping])
    assert seen == [*expected, expected[-1]]


@GRADIOS
def test_a_generators_steps_come_one_by_one(gradio):
    """Recorded from /count; the result repeats the last step."""
    assert values(f"sse_v3/{gradio}_count.sse") == [["0"], ["1"], ["2"], ["2"]]


@GRADIOS
def test_rows_of_a_table_come_and_go(gradio):
    """Recorded from `small_app.py`; 4.44.1 and the newer ones number the deletions differently."""
    rows = [
        [["a", 1]],
        [["a", 1], ["b", 2]],
        [["a", 1], ["b", 2], ["c", 3]],
        [["A", 1]],
        [["A", 1]],
    ]

    assert [table["data"] for (table,) in values(f"sse_v3/{gradio}_table.sse")] == rows


@GRADIOS
def test_a_list_of_mappings_grows_and_shrinks(gradio):
    """Recorded from `small_app.py`: a chat of three turns that are taken back, marked text."""
    turns = [len(said) for (said,) in values(f"sse_v3/{gradio}_talk.sse")]
    tokens = [[t["token"] for t in text] for (text,) in values(f"sse_v3/{gradio}_marked.sse")]

    assert turns == [1, 2, 3, 1, 1]
    assert tokens == [["a", "b", "c"], ["a"], ["ab", "d"], ["ab", "d"]]


@GRADIOS
def test_progress_names_what_is_done_and_how_far(gradio):
    """Recorded from /with_progress with three steps."""
    *moves, completed = told(f"sse_v3/{gradio}_with_progress.sse")

    assert completed.data == ["3 steps"]
    assert moves
    assert all(isinstance(move, Progress) for move in moves)
    units = [move.units for move in moves]
    assert set(units) <= {
        (ProgressUnit(index, 3, "brush strokes", None, "painting"),) for index in range(4)
    }
    assert units == sorted(units, key=lambda unit: unit[0].index)


@GRADIOS
def test_notes_keep_their_level_and_heading(gradio):
    """Recorded from /with_logs; headings exist from 5.2 on."""
    info, warning, _ = told(f"sse_v3/{gradio}_with_logs.sse")
    titles = ("", "") if gradio == "gradio4" else ("Info", "Warning")

    assert info == Log(info.event_id, "hello ada", "info", titles[0])
    assert warning == Log(info.event_id, "careful", "warning", titles[1])


@pytest.mark.parametrize(
    ("name", "message", "title"),
    [
        ("gradio4_raise_error", "'boom'", ""),
        ("gradio5_raise_error", "boom", "Error"),
        ("gradio6_raise_error", "boom", "Error"),
        ("gradio4_raise_plain", "the plain one", ""),
        ("gradio5_raise_plain", "the plain one", "Error"),
        ("gradio6_raise_plain", "the plain one", "Error"),
        ("gradio4_hidden_error", None, ""),
        ("gradio5_hidden_error", None, "Error"),
        ("gradio6_hidden_error", None, "Error"),
    ],
)
def test_a_failed_job_says_what_the_app_said(name, message, title):
    """Recorded with and without show_error; 4.44.1 quotes the words of gr.Error."""
    (failed,) = told(f"sse_v3/{name}.sse")

    assert failed == Failed(failed.event_id, message, title)


@GRADIOS
def test_a_cancelled_job_completes_without_data(gradio):
    """Recorded from /slow with a POST of /cancel after 0.3 s."""
    *steps, cancelled = told(f"sse_v3/{gradio}_cancelled.sse")

    assert cancelled == Cancelled(cancelled.event_id)
    assert steps
    assert {tuple(step.data) for step in steps} == {("cancelled running",)}


@GRADIOS
def test_a_waiting_job_is_told_its_rank(gradio):
    """Recorded from /sleep behind the jobs of two other sessions."""
    queued = [e for e in whole(f"sse_v3/{gradio}_waiting.sse") if isinstance(e, Queued)]

    assert [(event.rank, event.queue_size) for event in queued] == [(1, 2), (0, 1)]
    assert all(event.eta is not None and event.eta > 0 for event in queued)


@GRADIOS
def test_two_jobs_on_one_stream_are_told_apart(gradio):
    """Recorded from /slow and /grow in one session; each has edits of its own."""
    *events, closing = whole(f"sse_v3/{gradio}_two_jobs.sse")
    results = [event for event in events if isinstance(event, Completed)]
    outputs = {
        result.event_id: [
            e.data for e in events if isinstance(e, Output) and e.event_id == result.event_id
        ]
        for result in results
    }
    grown, slow = (outputs[result.event_id] for result in results)

    assert closing == Closing()
    assert [text for text, _, _ in grown] == [
        "word0 é ",
        "word0 é word1 é ",
        "word0 é word1 é word2 é ",
    ]
    assert [slow[0], slow[-1]] == [["first running"], ["first done"]]
    assert results[0].data[0] == grown[-1][0]
    assert results[1].data == slow[-1]


@GRADIOS
def test_state_comes_back_as_none(gradio):
    """Recorded from /accumulate: the server keeps the value of a gr.State."""
    assert values(f"sse_v3/{gradio}_accumulate.sse") == [[3, None]]


@GRADIOS
def test_a_job_without_outputs_completes_with_an_empty_list(gradio):
    """Recorded from /nothing: done, not cancelled."""
    assert values(f"sse_v3/{gradio}_nothing.sse") == [[]]


@GRADIOS
def test_an_update_is_handed_out_as_it_came(gradio):
    """Recorded from /updated, which returns gr.update; what it means is not the wire's business."""
    ((update,),) = values(f"sse_v3/{gradio}_updated.sse")

    assert (update["__type__"], update["value"]) == ("update", "fresh")


@pytest.mark.parametrize("gradio", ["gradio5", "gradio6"])
def test_a_piece_of_a_live_stream_is_a_whole_value(gradio):
    """Recorded from a `.stream()` event, whose process_streaming is never an edit."""
    piece, completed = told(f"sse_v3/{gradio}_streaming.sse")

    assert piece == Piece(piece.event_id, ["heard"])
    assert completed.data == ["heard"]


def test_heartbeats_come_between():
    """Recorded from 6.31.0 with an interval of 0.3 s."""
    kinds = [type(event) for event in whole("sse_v3/gradio6_heartbeats.sse")]

    assert kinds == [Queued, Started, Heartbeat, Heartbeat, Completed, Closing]


@GRADIOS
def test_a_stream_opened_twice_says_that_the_session_is_unknown(gradio):
    """Recorded: the first reader went away while its job ran, then a second one came."""
    (broken,) = whole(f"sse_v3/{gradio}_reopened.sse")

    assert isinstance(broken, Broken)
    assert broken.session_not_found
    assert broken.message.startswith("404")


# --- the recordings, in pieces ---------------------------------------------------------


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunks_of_any_size_give_the_same_events(name, size):
    """Every recording, byte by byte and in larger pieces."""
    assert play(pieces_of(load(name), size)) == whole(name)


@given(name=st.sampled_from(RECORDED), places=cuts)
def test_chunk_borders_do_not_matter(name, places):
    """Every recording, cut at random."""
    assert play(cut(load(name), places)) == whole(name)


@given(name=st.sampled_from(RECORDED), line_end=st.sampled_from([b"\r\n", b"\r"]), places=cuts)
def test_line_ends_do_not_matter(name, line_end, places):
    """Ours: proxies may write CRLF."""
    assert play(cut(load(name).replace(b"\n", line_end), places)) == whole(name)


@given(name=st.sampled_from(RECORDED), trailing=st.sampled_from([b": bye", b"\n\n", b"event: x\n"]))
def test_trailing_bytes_that_are_no_message_do_not_matter(name, trailing):
    """Ours: comments, blank lines and fields without data."""
    assert play([load(name), trailing]) == whole(name)


@given(name=st.sampled_from(RECORDED), place=st.integers(min_value=0))
def test_a_stream_that_breaks_gives_the_events_before_and_says_so(name, place):
    """Ours: cut anywhere. A cut inside the word "data" itself goes unnoticed (known gap)."""
    recording = load(name)
    data = recording[: place % len(recording)]
    line = data.rpartition(b"\n\n")[2].rstrip(b"\n")
    stream = Stream("sse_v3")
    stream.receive_data(data)
    before = list(stream.events())

    stream.receive_eof()

    after = list(stream.events())
    assert before + after == whole(name)[: len(before + after)]
    assert len(before) == data.count(b"\n\n")
    assert len(after) == (line != b"" and line in recording.split(b"\n"))
    assert stream.truncated is (line.startswith(b"data") and not after)


# --- our own rules -----------------------------------------------------------------------


def test_the_last_event_counts_without_its_blank_line():
    """Ours: some proxies swallow it, and the result is there."""
    stream = Stream("sse_v3")
    stream.receive_data(message("process_completed", output={"data": [1]}).rstrip())
    assert list(stream.events()) == []

    stream.receive_eof()

    assert list(stream.events()) == [Completed("e", [1])]
    assert not stream.truncated


def test_an_edit_that_was_cut_off_leaves_the_stream_truncated():
    """Ours: the end of a broken stream is no reason to fail twice."""
    stream = Stream("sse_v3")
    stream.receive_data(generating(["a"]) + generating([[["append", [0], "b"]]]).rstrip())

    stream.receive_eof()

    assert stream.truncated
    assert list(stream.events()) == [Output("e", ["a"])]


def test_nothing_is_left_after_a_clean_end():
    """Ours."""
    stream = Stream(GENERATIONS["sse_v3"])
    stream.receive_data(message("heartbeat"))
    stream.receive_eof()

    assert list(stream.events()) == [Heartbeat()]
    assert list(stream.events()) == []
    assert not stream.truncated
    with pytest.raises(LocalProtocolError):
        stream.receive_data(b"")


def test_a_message_that_is_not_json_breaks_the_stream():
    """Ours: what came before it is kept."""
    stream = Stream("sse_v3")

    with pytest.raises(RemoteProtocolError, match="not JSON"):
        stream.receive_data(message("heartbeat") + b"data: oops\n\n" + message("heartbeat"))

    assert list(stream.events()) == [Heartbeat()]


def test_an_event_beyond_the_limit_breaks_the_stream():
    """Ours: the limit is the caller's."""
    stream = Stream("sse_v3", max_event_bytes=100)

    with pytest.raises(RemoteProtocolError, match="larger than 100 bytes"):
        stream.receive_data(b"data: " + b"x" * 101)


def test_an_edit_that_does_not_fit_is_the_apps_fault():
    """Our rule: refuse rather than guess a base value."""
    stream = Stream("sse_v3")
    stream.receive_data(generating(["a"]))

    with pytest.raises(RemoteProtocolError, match="edits that do not fit"):
        stream.receive_data(generating([[["append", [3], "b"]]]))


@pytest.mark.parametrize("generation", [name for name, g in GENERATIONS.items() if g.sends_edits])
def test_generations_with_edits_apply_them(generation):
    """By the code of 4.17 to 4.22."""
    data = generating(["a"]) + generating([[["append", [], "b"]]])

    assert play([data], generation) == [Output("e", ["a"]), Output("e", ["ab"])]


@pytest.mark.parametrize(
    "generation", [name for name, g in GENERATIONS.items() if not g.sends_edits]
)
def test_generations_without_edits_send_whole_values(generation):
    """Observed up to 4.16.0: what looks like an edit is the value."""
    edits = [[["append", [], "b"]]]

    assert play([generating(["a"]) + generating(edits)], generation) == [
        Output("e", ["a"]),
        Output("e", edits),
    ]


def test_a_whole_snapshot_is_no_base_for_edits():
    """By the code of 5.50.0: process_streaming stands beside the edits."""
    data = generating(["a"]) + generating(["x"], msg="process_streaming") + generating([[]])

    assert play([data]) == [
        Output("e", ["a"]),
        Piece("e", ["x"]),
        Output("e", ["a"]),
    ]


def test_outputs_gained_on_the_way_are_edits_to_nothing():
    """By the code of 5.50.0: an app reloaded while it runs compares with None."""
    data = generating(["a"]) + generating([[], [["replace", [], "new"]]])

    assert play([data])[-1] == Output("e", ["a", "new"])


def test_outputs_without_edits_stay():
    """Ours: fewer edits than outputs leave the rest as it is."""
    data = generating(["a", "b"]) + generating([[["append", [], "c"]]])

    assert play([data])[-1] == Output("e", ["ac", "b"])


@pytest.mark.parametrize(
    "end",
    [
        message("process_completed", output={"data": ["z"]}),
        message("process_completed", output={"error": "x"}, success=False),
        message("process_completed", output={}),
        message("unexpected_error", None),
    ],
    ids=["completed", "failed", "cancelled", "broken"],
)
def test_a_job_that_ended_leaves_nothing_behind(end):
    """Ours: a stream lives as long as its session, so it must not keep old values."""
    *_, last = play([generating(["a"]), end, generating([[["append", [], "b"]]])])

    assert last == Output("e", [[["append", [], "b"]]])


def test_notes_do_not_touch_a_jobs_values():
    """Ours."""
    data = generating(["a"]) + message("heartbeat", None) + message("close_stream", None)

    assert play([data, generating([[["append", [], "b"]]])])[-1] == Output("e", ["ab"])


leaves = st.sampled_from([None, 0, 1, "", "a", "ab"])
outputs = st.lists(
    leaves
    | st.lists(leaves, max_size=4)
    | st.dictionaries(st.sampled_from("xy"), st.lists(leaves)),
    min_size=2,
    max_size=2,
)


@pytest.mark.parametrize("numbering", NUMBERINGS)
@given(steps=st.lists(st.tuples(st.sampled_from("ef"), outputs), max_size=10))
def test_every_output_is_seen_as_the_app_yielded_it(numbering, steps):
    """For two jobs at once; what was handed out earlier stays as it was."""
    stream, last, seen, seen_then = Stream("sse_v3"), {}, [], []
    for event_id, data in steps:
        before = last.get(event_id)
        sent = (
            data
            if before is None
            else [diff(old, new, numbering) for old, new in zip(before, data, strict=True)]
        )
        last[event_id] = data
        stream.receive_data(generating(sent, event_id))
        seen.extend(stream.events())
        seen_then = copy.deepcopy(seen)

    assert seen == seen_then == [Output(event_id, data) for event_id, data in steps]


def test_an_output_a_reader_empties_does_not_spoil_the_next():
    """Ours: the list is the reader's. What lies in it is shared (known gap: do not change it)."""
    stream = Stream("sse_v3")
    stream.receive_data(generating(["a"]))
    (output,) = stream.events()
    output.data.clear()

    stream.receive_data(generating([[["append", [], "b"]]]))

    assert list(stream.events()) == [Output("e", ["ab"])]
