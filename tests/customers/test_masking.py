"""What is masked is masked everywhere: a number in words is shown to its writer and by the reveal alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from scrm.identity.models import Role
from tests.support.company import SPEC, befriend
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

CUSTOMER = "wmMASKED1"
REMARK, DESCRIPTION = "王总 138-0013 8000 别墅", "卡 6222 0212 3456 7890 128，证 11010519491231002X"
SECRETS = ("0013", "7890", "19491231")


@pytest.fixture(scope="module")
def noted(service: str, sim: Simulator) -> Iterator[Corp]:
    with connected(sim, service, "wn", **SPEC) as corp:
        befriend(corp, "dora", "赵姐13900139000", external_userid=OWN)
        for member in ("bob", "carl"):
            befriend(corp, member, "王小明", external_userid=CUSTOMER)
        corp.sync()
        written = {"remark": REMARK, "description": DESCRIPTION, "remark_company": "＋８６１３８００１３８０００公司"}
        corp.act("edit_contact", userid="bob", external_userid=CUSTOMER, **written)
        corp.settle()
        corp.act("delete_contact", userid="bob", external_userid=CUSTOMER)
        corp.settle()
        yield corp


OWN = "wmMASKED2"


@pytest.fixture(scope="module")
def administrator(noted: Corp) -> Console:
    return noted.console(Role.ADMINISTRATOR)


def readings(console: Console) -> dict[str, Any]:
    (alert,) = console.get("/alerts")["items"]
    return {
        "list": console.get("/customers"),
        "search": console.get("/customers", q="别墅"),
        "page": console.get(f"/customers/{CUSTOMER}"),
        "timeline": console.get(f"/customers/{CUSTOMER}/timeline"),
        "alerts": console.get("/alerts"),
        "alert": console.get(f"/alerts/{alert['id']}"),
    }


def test_number_in_words_is_masked_for_all_but_its_writer(noted: Corp, administrator: Console) -> None:
    shown = readings(administrator)
    for place, answer in shown.items():
        assert not [secret for secret in SECRETS if secret in str(answer)], place
        assert "138****8000" in str(answer) or place == "alerts", place
    (written,) = [follow["description"] for follow in shown["page"]["follows"] if follow["userid"] == "bob"]
    assert written == "卡 622****0128，证 110****002X"
    carl = noted.console(Role.SALES, userid="carl")
    assert "0013" not in str(carl.get("/customers")) + str(carl.get(f"/customers/{CUSTOMER}"))
    bob = noted.console(Role.SALES, userid="bob")
    assert REMARK in str(bob.get("/customers")) and DESCRIPTION in str(bob.get(f"/customers/{CUSTOMER}"))
    assert REMARK in str(bob.get(f"/customers/{CUSTOMER}/timeline"))


@pytest.mark.parametrize(
    ("words", "total"),
    [
        ("13800138000", 1),
        ("+86 138 0013 8000", 1),
        ("8000", 1),
        ("王总", 1),
        ("别墅", 1),
        ("138001", 0),
        ("138-0013", 0),
        ("0013 8000", 0),
        ("13800138", 0),
        ("138", 0),
        ("王总 138", 0),
        ("****", 0),
    ],
)
def test_number_in_words_is_found_whole_or_by_its_end(administrator: Console, words: str, total: int) -> None:
    assert administrator.get("/customers", q=words)["total"] == total


def test_reveal_shows_numbers_in_words_too(administrator: Console) -> None:
    answer = administrator.status("POST", f"/customers/{CUSTOMER}/reveal", {"reason": "客户要求回电"})
    assert answer.json()["mobiles"] == ["13800138000", "6222021234567890128", "11010519491231002X"]


def test_number_in_a_customer_s_name_is_masked_wherever_it_stands(noted: Corp, administrator: Console) -> None:
    officer = noted.console(Role.COMPLIANCE)
    marketer = noted.console(Role.MARKETER)
    noted.act("create_group", owner="dora", name="赵姐13900139000装修群", members=[OWN], quiet=True)
    noted.sync()
    preview = marketer.status("POST", "/broadcasts/audience", {"audience": {"everyone": True}}).json()
    body = {"title": "预告", "text": "您好", "audience": {"everyone": True}}
    broadcast = marketer.status("POST", "/broadcasts", body).json()
    assert marketer.status("POST", f"/broadcasts/{broadcast['id']}/submit").status_code == 200
    noted.drain()
    case = officer.status("POST", "/handovers", {"userid": "dora", "with_groups": True}).json()
    noted.act("delete_contact", userid="dora", external_userid=OWN)
    noted.settle()
    (alert,) = officer.get("/alerts", external_userid=OWN)["items"]
    officer.get(f"/customers/{OWN}")
    web = f"{noted.web}/api/v1"
    shown = {
        "list": administrator.get("/customers"),
        "page": administrator.get(f"/customers/{OWN}"),
        "alert": officer.get(f"/alerts/{alert['id']}"),
        "preview": preview,
        "recipients": marketer.get(f"/broadcasts/{broadcast['id']}/recipients"),
        "recipients.csv": marketer.http.get(f"{web}/broadcasts/{broadcast['id']}/recipients.csv", timeout=10).text,
        "handover": officer.get(f"/handovers/{case['id']}/items"),
        "handover.csv": officer.http.get(f"{web}/handovers/{case['id']}/export", timeout=10).text,
        "trail": officer.get("/audit", about=f"customer:{OWN}"),
        "trail.csv": administrator.http.get(f"{web}/audit/export.csv", timeout=10).text,
    }
    for place, answer in shown.items():
        # The corp's own id may hold the same digits by chance.
        assert "0139000" not in str(answer).replace(noted.corp_id, ""), place
        assert "赵姐139****9000" in str(answer), place
    sent = noted.sim.call("GET", f"/corps/{noted.corp_id}/messages", limit=100)
    assert "0139000" not in str(sent).replace(noted.corp_id, "")


@pytest.mark.parametrize(("words", "total"), [("13900139000", 1), ("9000", 1), ("赵姐", 1), ("zj", 1), ("139001", 0)])
def test_number_in_a_name_is_found_whole_or_by_its_end(administrator: Console, words: str, total: int) -> None:
    assert administrator.get("/customers", q=words)["total"] == total


def test_reveal_shows_the_number_in_a_name(administrator: Console) -> None:
    answer = administrator.status("POST", f"/customers/{OWN}/reveal", {"reason": "客户要求回电"})
    assert answer.json()["mobiles"] == ["13900139000"]
