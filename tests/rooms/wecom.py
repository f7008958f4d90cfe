"""WeCom as a room knows it: calls that were asked for, and answers in the port's own dataclasses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from scrm.core import clock
from scrm.core.db import transaction
from scrm.wecom import delivery
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.method import spec_of
from scrm.wecom.port.unread import Unread
from tests.rooms.house import House


@dataclass(frozen=True)
class Wecom:
    """Answers what waits; nothing leaves. How calls leave, fail and are tried again is for `tests/wecom`."""

    house: House

    def asked(self, method: Callable[..., Any]) -> list[dict[str, Any]]:
        """The arguments of the calls of this method that wait for an answer, oldest first."""
        return [row.arguments for row in self.house.rows(WecomCall, *_waiting(method))]

    def answered(
        self,
        method: Callable[..., Any],
        result: Any = None,
        *,
        state: CallState = CallState.DONE,
        errcode: int | None = None,
        reason: str | None = None,
        aside: Sequence[Unread] = (),
    ) -> dict[str, Any]:
        """The oldest waiting call of this method ends so, its asker takes the answer, and what follows is carried out.

        ``result`` is what the method of the port returns. The call's arguments. An asker that fails fails the test.
        """
        with transaction(self.house.number) as session:
            query = select(WecomCall).where(*_waiting(method)).order_by(WecomCall.id).limit(1)
            row = session.scalars(query).first()
            assert row is not None, f"nobody asked for {method.__qualname__}"
            row.leased_at, row.errcode = clock.now(), errcode
            delivery.finish(session, row, state, result=result, reason=reason, aside=aside)
            assert row.state != CallState.ANSWERED, row.reason
            arguments: dict[str, Any] = row.arguments
        self.house.deliver()
        return arguments


def _waiting(method: Callable[..., Any]) -> tuple[Any, ...]:
    """Those that would leave now; one that was asked for with a delay waits for `tests.support.moved_clock.later`."""
    ready = WecomCall.state == CallState.READY
    return WecomCall.method == spec_of(method).path, ready, WecomCall.due_at <= clock.now()
