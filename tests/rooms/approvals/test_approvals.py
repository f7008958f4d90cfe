"""What takes two people: who wrote or asked for it is never the second of them, whatever the kind."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scrm.core.audit import NOWHERE
from scrm.identity.actor import Actor
from scrm.identity.models import Role
from scrm.marketing.broadcasts.approvals import KINDS, large_broadcast
from scrm.marketing.broadcasts.models import Broadcast, BroadcastPolicyChange
from scrm.shared.approvals import deciding
from scrm.shared.approvals.kind import Kind, is_needed
from scrm.shared.approvals.requests import RequestState

NO_SESSION = Session()  # what is refused reads and writes nothing

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def actor(name: str, role: Role) -> Actor:
    return Actor(
        account_id=1,
        name=name,
        display_name=name,
        role=role,
        corp=1,
        corp_id="ww1",
        corp_name="示例公司",
        userid=None,
        scope=None,
        csrf_token="",
        must_change_password=False,
        session_hash=None,
        source=NOWHERE,
    )


def waiting(kind: Kind[Any], *asked_by: str | None) -> Any:
    """A record of this kind that waits, asked for by these."""
    if kind is large_broadcast.KIND:
        return Broadcast(state="waiting_approval", author=asked_by[0], submitter=asked_by[-1])
    return BroadcastPolicyChange(state="open", asked_by=asked_by[-1])


@every_kind
def test_nobody_decides_on_what_is_their_own(kind: Kind[Any]) -> None:
    one, row = actor("one", Role.ADMINISTRATOR), waiting(kind, "user:two", "user:one")
    assert kind.permission in one.permissions
    assert not kind.may_decide(one, row) and kind.may_withdraw(one, row)
    for decide in (deciding.confirm, partial(deciding.reject, reason="措辞再改改")):
        with pytest.raises(kind.own):
            decide(NO_SESSION, one, kind, row)
    three = actor("three", Role.ADMINISTRATOR)
    assert kind.may_decide(three, row) and not kind.may_withdraw(three, row)
    with pytest.raises(kind.not_asked):
        deciding.withdraw(NO_SESSION, three, kind, row)


@every_kind
def test_nobody_decides_without_the_permission(kind: Kind[Any]) -> None:
    seller, row = actor("one", Role.SALES), waiting(kind, "user:two")
    assert not kind.may_decide(seller, row) and not kind.may_withdraw(actor("two", Role.SALES), row)


@every_kind
def test_what_waits_no_more_is_decided_by_nobody(kind: Kind[Any]) -> None:
    one, row = actor("one", Role.ADMINISTRATOR), waiting(kind, "user:two")
    row.state = "draft" if kind is large_broadcast.KIND else RequestState.CONFIRMED
    said = type(kind.decided(row))
    assert not kind.may_decide(one, row)
    for decide in (deciding.confirm, partial(deciding.reject, reason=None), deciding.withdraw, deciding.overtake):
        with pytest.raises(said):
            decide(NO_SESSION, one, kind, row)


@pytest.mark.parametrize(
    ("size", "limits", "needed"),
    [
        (1_000, (1_000,), False),
        (1_001, (1_000,), True),
        (600, (1_000, 500), True),
        (600, (1_000, None), False),
        (1, (0,), True),
    ],
)
def test_the_lowest_limit_that_is_set_holds(size: int, limits: tuple[int | None, ...], needed: bool) -> None:
    assert is_needed(size, *limits) is needed
