"""What became of a call to WeCom."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import TypeAdapter

from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.method import METHODS, MethodSpec
from scrm.wecom.port.unread import Unread

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Outcome(Generic[R]):
    """What became of a call whose method answers with ``R``: ``result`` when done; ``errcode`` when WeCom refused."""

    state: CallState
    result: R = None  # type: ignore[assignment]  # who reads it has looked at the state, as with an Optional
    errcode: int | None = None
    reason: str | None = None
    asked_at: dt.datetime  # when the request left: the answer is at least as new
    aside: Sequence[Unread] = ()  # items of the answer that could not be read: not told is not gone
    unanswered: bool = False  # an earlier try of this call may have reached WeCom: its answer was lost


def of(
    row: WecomCall,
    state: CallState,
    *,
    result: Any = None,
    reason: str | None = None,
    aside: Sequence[Unread] = (),
) -> Outcome[Any]:
    """The outcome of a call that ends in this state now."""
    asked_at = row.leased_at or row.created_at
    errcode = row.errcode if state is not CallState.DONE else None
    return Outcome(
        state=state,
        result=result,
        errcode=errcode,
        reason=reason,
        asked_at=asked_at,
        aside=aside,
        unanswered=row.unanswered,
    )


def stored(row: WecomCall, spec: MethodSpec) -> Outcome[Any]:
    """The outcome that was kept because its asker could not take it."""
    answer = row.answer or {}
    result = answer.get("result")
    state = CallState(answer["state"])
    restored = _result_adapter(spec).validate_python(result) if state is CallState.DONE and result is not None else None
    aside = [Unread(**item) for item in answer.get("aside", ())]
    return of(row, state, result=restored, reason=answer.get("reason"), aside=aside)


def kept(row: WecomCall, outcome: Outcome[Any]) -> dict[str, Any]:
    """An outcome as a row keeps it, for `stored`."""
    spec = METHODS[row.method]
    result = _result_adapter(spec).dump_python(outcome.result, mode="json") if outcome.result is not None else None
    aside = [asdict(item) for item in outcome.aside]
    return {"state": outcome.state.value, "result": result, "reason": outcome.reason, "aside": aside}


def _result_adapter(spec: MethodSpec) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(spec.function)["return"])
