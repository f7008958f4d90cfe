"""What takes two people: who wrote or asked for it is never the second of them, whatever the kind."""

import pytest

from scrm.core.audit import NOWHERE
from scrm.identity.actor import Actor
from scrm.identity.models import Role
from scrm.marketing.broadcasts.approvals import KINDS
from scrm.shared.approvals.kind import Kind, is_needed

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


@every_kind
def test_nobody_decides_on_what_is_their_own(kind: Kind) -> None:
    one = actor("one", Role.ADMINISTRATOR)
    assert kind.permission in one.permissions
    assert not kind.may_decide(one, "user:one") and not kind.may_decide(one, "user:two", "user:one")
    assert kind.may_decide(one, "user:two", None)
    with pytest.raises(kind.own):
        kind.check(one, "user:two", "user:one")
    kind.check(one, "user:two", None)


@every_kind
def test_nobody_decides_without_the_permission(kind: Kind) -> None:
    assert not kind.may_decide(actor("one", Role.SALES), "user:two")


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
