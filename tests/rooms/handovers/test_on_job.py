"""Transfers on the job: of named customers, and not too often."""

import pytest

from scrm.customers.file.models import Customer
from scrm.identity.models import Role
from scrm.shared.notices.models import Notice
from scrm.wecom.port.transfers import (
    Transfers,
)
from tests.rooms.given import Given
from tests.rooms.handovers.desk import DONE, HOUR, assign, begun, results, states
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom
from tests.support.moved_clock import later


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def console(house: House) -> Console:
    return house.console(Role.ADMINISTRATOR)


def test_on_job_transfer_is_of_named_customers_with_a_message(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    own = [given.customer(name, of="bob") for name in ("王一", "王二", "王三", "王四")][:2]
    given.group("老客群", owner="bob")
    assert console.get("/handovers/source", userid="bob") == {"customers": 4, "groups": 1}
    bad = {"userid": "bob", "external_userids": ["wm0"]}
    assert console.status("POST", "/handovers", bad).json()["code"] == "items_unknown"
    assert console.status("POST", "/handovers", {"userid": "nobody"}).json()["code"] == "staff_unknown"
    assert console.status("POST", "/handovers", {"userid": "frida"}).json()["code"] == "nothing_chosen"
    too_long = {"userid": "bob", "message": "好" * 201}
    assert console.status("POST", "/handovers", too_long).status_code == 422
    body = {"userid": "bob", "external_userids": own, "message": "朵拉将为您服务"}
    made = console.status("POST", "/handovers", body)
    assert made.status_code == 201, made.text
    assert console.status("POST", "/handovers", body).json()["code"] == "handover_running"
    assign(console, made.json()["id"], "dora")
    call = wecom.answered(Transfers.transfer_customers, begun(*own))
    assert (call["message"], call["external_userids"]) == ("朵拉将为您服务", own)
    assert states(house) == {"waiting": 2}


def test_third_transfer_within_ninety_days_is_not_even_sent(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    customer = given.customer("王一", of="bob")
    pair = ["bob", "dora"]
    for number in range(3):
        case = console.status("POST", "/handovers", {"userid": pair[0], "external_userids": [customer]}).json()
        if number == 2:
            break
        assign(console, case["id"], pair[1])
        wecom.answered(Transfers.transfer_customers, begun(customer))
        with later(2 * HOUR):
            house.deliver()
            wecom.answered(Transfers.list_results, results((customer, DONE)))
        pair.reverse()
    with later(30 * HOUR):
        house.deliver()
        assert console.get("/handovers/summary")["late"] == 0  # nobody waits for it but who began it
        assert house.rows(Notice, Notice.record == "handover") == []
    preview = assign(console, case["id"], pair[1], verb="preview")
    assert (preview["customers"], preview["too_often"]) == (0, 1)
    assert assign(console, case["id"], pair[1])["state"] == "open"
    assert wecom.asked(Transfers.transfer_customers) == []
    (row,) = console.get(f"/handovers/{case['id']}/items")["items"]
    assert (row["state"], row["errcode"]) == ("failed", 40128)
    assert len(house.rows(Customer)) == 1
