"""One job on the wire, as a table of states.

Theory of operation. A `Call` knows which requests belong to it and in which state
it is; it sends nothing. Its driver asks for the join request, hands in the answer,
then hands in the events that carry the call's id. Two rules:

1. A state changes only by the table below; anything else is somebody's fault:
   ours (`LocalProtocolError`) for a step the driver must not take, the app's
   (`RemoteProtocolError`) for an event that cannot come now.
2. A call ends exactly once. Events after its end are dropped, because a
   cancelled job may still be answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

from anyspace._errors import LocalProtocolError, RemoteProtocolError
from anyspace.protocol._answers import parse_join, was_turned_away
from anyspace.protocol._events import (
    Broken,
    Cancelled,
    Completed,
    DataWanted,
    Event,
    Failed,
    Full,
    HashWanted,
    Heartbeat,
    Ignored,
    Log,
    Output,
    Piece,
    Progress,
    Queued,
    Started,
)
from anyspace.protocol._generations import Entrance
from anyspace.protocol._requests import Request, Requests, Response

__all__ = ["Call", "CallState"]


class CallState(Enum):
    """Where a call stands."""

    NEW = "new", False
    JOINING = "joining", False
    WAITING = "waiting", False
    RUNNING = "running", False
    COMPLETED = "completed", True
    FAILED = "failed", True
    CANCELLED = "cancelled", True
    LOST = "lost", True

    # Every event asks for both several times; as a property and as Enum's own hash they
    # were a tenth of what a call costs here.
    __hash__ = object.__hash__

    def __init__(self, word: str, ended: bool) -> None:
        self.ended: Final = ended
        """No event changes it any more."""


_J, _W, _R = CallState.JOINING, CallState.WAITING, CallState.RUNNING

# A note says nothing about the state: batched jobs report progress before they start,
# and some versions repeat an estimation to a job that runs. Up to 4.8 a job joins on its
# stream: events come before the app has the data.
_NOTES: Final = (Queued, Progress, Log, Heartbeat, Ignored)
_TRANSITIONS: Final[dict[tuple[CallState, type], CallState]] = {
    **{(state, note): state for state in (_J, _W, _R) for note in _NOTES},
    (_J, HashWanted): _J,
    (_J, DataWanted): _W,
    (_J, Full): CallState.FAILED,
    (_W, Started): _R,
    (_R, Started): _R,
    (_W, Output): _R,
    (_R, Output): _R,
    (_W, Piece): CallState.COMPLETED,  # a call sends one piece, so there is no more to come
    (_R, Piece): CallState.COMPLETED,
    (_W, Completed): CallState.COMPLETED,
    (_R, Completed): CallState.COMPLETED,
    (_W, Cancelled): CallState.CANCELLED,
    (_R, Cancelled): CallState.CANCELLED,
    **{(state, Failed): CallState.FAILED for state in (_J, _W, _R)},
    **{(state, Broken): CallState.LOST for state in (_J, _W, _R)},
}


class Call:
    """One job: its requests and its state.

    Args:
        requests: The requests of the app.
        data: One value per input slot of the function.
        fn_index: The function's number.
        session_hash: The session it runs in.
        api_name: The function's name.
        oauth_token: The caller's own token, for functions that ask for it.
    """

    __slots__ = (
        "_api_name",
        "_data",
        "_oauth_token",
        "_requests",
        "by_name",
        "event_id",
        "fn_index",
        "session_hash",
        "state",
    )

    def __init__(
        self,
        requests: Requests,
        data: Sequence[Any],
        fn_index: int,
        session_hash: str,
        *,
        api_name: str = "",
        oauth_token: str = "",
    ) -> None:
        self._requests = requests
        self._data: Sequence[Any] = data
        self._api_name = api_name
        self._oauth_token = oauth_token
        self.fn_index = fn_index
        self.session_hash = session_hash
        self.event_id = ""
        self.by_name = False
        """It took the `detour`, so its stream is a `NamedStream`."""
        self.state = CallState.NEW

    def join_request(self) -> Request:
        """The request that enters the queue. It is built once: a job is never sent twice.

        With `Entrance.POST` it carries the data, with the others the app asks for it
        later, see `answer_to`.
        """
        self._expect(CallState.NEW)
        self.state = CallState.JOINING
        entrance = self._requests.wire.generation.entrance
        if entrance is Entrance.SOCKET:
            return self._requests.socket()
        if entrance is Entrance.STREAM:
            return self._requests.enter(self.fn_index, self.session_hash)
        return self._requests.join(
            self._data, self.fn_index, self.session_hash, oauth_token=self._oauth_token
        )

    def detour(self, response: Response) -> Request | None:
        """The request that submits the job by ``/call`` instead, where the queue is fenced off.

        Some proxies let only some paths through. What they answered to the join request
        tells that the app never saw it, so this does not send a job twice. On this way
        the app reports no rank, progress or notes.

        Returns:
            The request; None when it was no such answer, or there is no such way.
        """
        self._expect(CallState.JOINING)
        if not was_turned_away(response) or not self._api_name or not self._requests.wire.calls:
            return None
        self.by_name = True
        return self._requests.call(self._api_name, self._data, oauth_token=self._oauth_token)

    def run_request(self) -> Request:
        """The request that runs the function outside the queue and answers with its result."""
        self._expect(CallState.NEW)
        self.state = CallState.RUNNING
        data = self._take_data()
        return self._requests.run(self._api_name, data, self.fn_index, self.session_hash)

    def receive_join(self, response: Response) -> None:
        """Take the answer to a join request that was a POST.

        Raises:
            AnyspaceError: The app did not accept the job, see `parse_join`.
        """
        self._expect(CallState.JOINING)
        self.state = CallState.FAILED
        self.event_id = parse_join(response)
        self._take_data()
        if self.by_name:
            self.session_hash = self.event_id
        self.state = CallState.WAITING

    def learn_id(self, event_id: str) -> None:
        """Take the job's id from its stream, when the answer to the join request never came."""
        self._expect(CallState.JOINING)
        self.event_id = event_id
        self.state = CallState.WAITING

    def answer_to(self, event: Event) -> Request | None:
        """What the app wants to hear after an event; on a websocket the body is the frame."""
        if isinstance(event, HashWanted):
            body = self._requests.introduce(self.fn_index, self.session_hash)
            return Request("POST", "", body)
        if isinstance(event, DataWanted):
            self.event_id = event.event_id
            data = self._take_data()
            return self._requests.hand_in(data, self.fn_index, self.session_hash, event.event_id)
        if isinstance(event, Piece):
            return self._requests.no_more_pieces(event.event_id)
        return None

    def data_request(self) -> Request:
        """The request that opens the stream on which the call's events come."""
        if self.by_name:
            return self._requests.call_data(self._api_name, self.event_id)
        return self._requests.data(self.session_hash)

    def receive_event(self, event: Event) -> None:
        """Take one event that concerns this call.

        Raises:
            RemoteProtocolError: The event cannot come in this state.
        """
        if self.state.ended:
            return
        try:
            self.state = _TRANSITIONS[self.state, type(event)]
        except KeyError:
            raise RemoteProtocolError(
                f"{type(event).__name__} came while the job was {self.state.name}"
            ) from None

    def receive_eof(self) -> None:
        """Note that nothing more will come: a call that has not ended is lost."""
        if not self.state.ended:
            self.state = CallState.LOST

    def cancel_request(self, *, alone: bool) -> Request | None:
        """The request that cancels the job, None when there is nothing to send.

        Args:
            alone: No other job of the same function runs in the session. ``/cancel``
                kills them all, so with siblings the job's iterator is reset instead. 3.x
                has one iterator for all of them: there nothing but closing the socket
                is for one job, and the app stops at its next ``yield``.
        """
        if self.state not in (CallState.WAITING, CallState.RUNNING):
            return None
        wire = self._requests.wire
        if alone and wire.cancels:
            return self._requests.cancel(self.fn_index, self.session_hash, self.event_id)
        if not alone and wire.generation.entrance is Entrance.SOCKET:
            return None
        return self._requests.reset(self.event_id, self.fn_index, self.session_hash)

    def _take_data(self) -> Sequence[Any]:
        data, self._data = self._data, ()  # a large picture as base64 need not stay
        return data

    def _expect(self, state: CallState) -> None:
        if self.state is not state:
            raise LocalProtocolError(f"the call is {self.state.name}, not {state.name}")
