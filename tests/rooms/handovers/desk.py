"""A handover at the desk: choosing a successor, and what WeCom answers."""

from collections import Counter
from typing import Any

from scrm.compliance.handovers.models import HandoverItem
from scrm.core import clock
from scrm.wecom.port.transfers import ItemAnswer, TransferResult, TransferResultPage
from tests.rooms.house import Console, House

HOUR, DAY = 3600, 86_400
DONE, WAITING, REFUSED, FULL = 1, 2, 3, 4  # of `TransferResult`


def case_of(console: Console) -> Any:
    (row,) = console.get("/handovers")["items"]
    return console.get(f"/handovers/{row['id']}")


def assign(console: Console, number: int, *userids: str, verb: str = "assign", **selection: Any) -> Any:
    body = {"successors": list(userids), "selection": selection}
    answer = console.status("POST", f"/handovers/{number}/{verb}", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def items(house: House, kind: str = "customer") -> list[Any]:
    return house.rows(HandoverItem, HandoverItem.kind == kind)


def states(house: House, kind: str = "customer") -> Counter[str]:
    return Counter(item.state for item in items(house, kind))


def begun(*external_userids: str) -> list[ItemAnswer]:
    return [ItemAnswer(id=external_userid, errcode=0) for external_userid in external_userids]


def results(*pairs: tuple[str, int]) -> TransferResultPage:
    now = int(clock.now().timestamp())
    rows = [TransferResult(external_userid=who, status=status, takeover_time=now) for who, status in pairs]
    return TransferResultPage(items=rows, next_cursor="")
