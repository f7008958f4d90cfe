"""Callbacks of one pair in any order, each followed by what WeCom then answers: the end is always the same."""

import itertools
import time

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.customers.file.models import Customer, FollowRelation, TimelineEntry
from tests.support import foreign
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp
from tests.wecom.test_callback import other_side

LIVES = {
    "edited after the customer left": (["add", "leave", "edit"], "deleted_by_customer"),
    "deleted by staff": (["add", "edit", "delete"], "deleted_by_staff"),
    "friends again": (["add", "delete", "add"], "active"),
    "left and friends again": (["add", "leave", "add"], "active"),
    "given away": (["add", "edit", "transfer"], "transferred"),
}
_CHANGES = {
    "add": "add_external_contact",
    "edit": "edit_external_contact",
    "leave": "del_follow_user",
    "delete": "del_external_contact",
    "transfer": "del_external_contact",
}
_ACTS = {
    "edit": "edit_contact",
    "leave": "customer_deletes",
    "delete": "delete_contact",
    "transfer": "delete_contact",
}


def live(corp: Corp, deeds: list[str]) -> str:
    """Play a pair's life without a callback; the customer."""
    external_userid = befriend(corp, "bob", "客户")
    for deed in deeds[1:]:
        if deed == "add":
            corp.act("add_contact", userid="bob", external_userid=external_userid, quiet=True)
        else:
            corp.act(_ACTS[deed], userid="bob", external_userid=external_userid, quiet=True, **_more(deed))
    return external_userid


def _more(deed: str) -> dict[str, str]:
    return {"remark": "改过"} if deed == "edit" else {}


@pytest.mark.parametrize("life", LIVES)
def test_end_does_not_depend_on_the_order_of_arrival(company: Corp, life: str) -> None:
    deeds, end = LIVES[life]
    app, began = other_side(company), int(time.time()) - 600
    company.sync()
    orders = list(itertools.permutations(range(len(deeds))))
    customers = [live(company, deeds) for _ in orders]
    for turn in range(len(deeds)):
        for order, customer in zip(orders, customers, strict=True):
            place = order[turn]
            fields = {"UserID": "bob", "ExternalUserID": customer, "CreateTime": str(began + 10 * place)}
            if deeds[place] == "transfer":
                fields["Source"] = "DELETE_BY_TRANSFER"
            message = foreign.event(_CHANGES[deeds[place]], **fields)
            assert foreign.post(company.callback_address(), app.seal(message)).ok
        company.drain()
    for order, customer in zip(orders, customers, strict=True):
        arrived = [deeds[place] for place in order]
        (relation,) = company.rows(FollowRelation, FollowRelation.customer_id == _number(company, customer))
        assert relation.status == end, arrived
        assert (relation.ended_at is None) == (end == "active"), arrived
        losses = sum(deed in {"leave", "delete"} for deed in deeds)
        assert len(company.rows(Alert, Alert.external_userid == customer)) == losses, arrived
        kinds = [entry.kind for entry in company.rows(TimelineEntry, TimelineEntry.customer_id == relation.customer_id)]
        assert kinds.count("edited") == deeds.count("edit"), arrived


def _number(corp: Corp, external_userid: str) -> int:
    (customer,) = corp.rows(Customer, Customer.external_userid == external_userid)
    number: int = customer.id
    return number
