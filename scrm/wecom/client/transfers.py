"""Transfer calls."""

from collections.abc import Callable
from typing import Any

from scrm.wecom.client import reading
from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.transfers import (
    ItemAnswer,
    TransferResult,
    TransferResultPage,
    UnassignedCustomer,
    UnassignedPage,
)

Session = Callable[[], tuple[AppCredentials, WorkSession]]
Json = dict[str, Any]

_PAGE = 1000


class TransfersClient:
    """`scrm.wecom.port.transfers.Transfers` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def transfer_customers(
        self, *, handover_userid: str, takeover_userid: str, external_userids: list[str], message: str
    ) -> list[ItemAnswer]:
        body: Json = _pair(handover_userid, takeover_userid) | {"external_userid": external_userids}
        if message:
            body["transfer_success_msg"] = message
        return _customers(self._ask("transfer_customer", body))

    def list_results(self, *, handover_userid: str, takeover_userid: str, cursor: str) -> TransferResultPage:
        return self._results("transfer_result", handover_userid, takeover_userid, cursor)

    def list_unassigned(self, *, cursor: str) -> UnassignedPage:
        answer = self._ask("get_unassigned_list", {"page_size": _PAGE, "cursor": cursor})
        rows = reading.told_things(answer, "info", kind="unassigned_list")
        items = reading.each(rows, _unassigned, kind="unassigned", id_of=_customer_id)
        last = reading.flag(answer, "is_last")
        return UnassignedPage(items=items, next_cursor="" if last else reading.cursor(answer, asked=cursor))

    def transfer_resigned_customers(
        self, *, handover_userid: str, takeover_userid: str, external_userids: list[str]
    ) -> list[ItemAnswer]:
        body = _pair(handover_userid, takeover_userid) | {"external_userid": external_userids}
        return _customers(self._ask("resigned/transfer_customer", body))

    def list_resigned_results(self, *, handover_userid: str, takeover_userid: str, cursor: str) -> TransferResultPage:
        return self._results("resigned/transfer_result", handover_userid, takeover_userid, cursor)

    def transfer_groups(self, *, chat_ids: list[str], new_owner: str) -> list[ItemAnswer]:
        return self._groups("groupchat/onjob_transfer", chat_ids, new_owner)

    def transfer_resigned_groups(self, *, chat_ids: list[str], new_owner: str) -> list[ItemAnswer]:
        return self._groups("groupchat/transfer", chat_ids, new_owner)

    def _results(self, path: str, handover_userid: str, takeover_userid: str, cursor: str) -> TransferResultPage:
        body = _pair(handover_userid, takeover_userid) | ({"cursor": cursor} if cursor else {})
        answer = self._ask(path, body)
        rows = reading.needed_things(answer, "customer")
        items = reading.each(rows, _result, kind="transfer_result", id_of=_customer_id)
        return TransferResultPage(items=items, next_cursor=reading.cursor(answer, asked=cursor))

    def _groups(self, path: str, chat_ids: list[str], new_owner: str) -> list[ItemAnswer]:
        answer = self._ask(path, {"chat_id_list": chat_ids, "new_owner": new_owner})
        failed = reading.needed_things(answer, "failed_chat_list")
        return reading.each(failed, _failed_group, kind="group_transfer", id_of=reading.id_in("chat_id"))

    def _ask(self, path: str, body: Json) -> Json:
        return self._app()[1].ask("post", f"externalcontact/{path}", data=body)


def _pair(handover_userid: str, takeover_userid: str) -> Json:
    return {"handover_userid": handover_userid, "takeover_userid": takeover_userid}


def _customers(answer: Json) -> list[ItemAnswer]:
    items = reading.needed_things(answer, "customer")
    return reading.each(items, _customer, kind="customer_transfer", id_of=_customer_id)


_customer_id = reading.id_in("external_userid")


def _customer(item: Json) -> ItemAnswer:
    return ItemAnswer(id=reading.needed_id(item, "external_userid"), errcode=reading.small(item, "errcode") or 0)


def _failed_group(item: Json) -> ItemAnswer:
    return ItemAnswer(id=reading.needed_id(item, "chat_id"), errcode=reading.needed_small(item, "errcode"))


def _result(item: Json) -> TransferResult:
    return TransferResult(
        external_userid=reading.needed_id(item, "external_userid"),
        status=reading.needed_small(item, "status"),
        takeover_time=reading.moment(item, "takeover_time") or 0,
    )


def _unassigned(item: Json) -> UnassignedCustomer:
    return UnassignedCustomer(
        handover_userid=reading.needed_id(item, "handover_userid"),
        external_userid=reading.needed_id(item, "external_userid"),
        dimission_time=reading.moment(item, "dimission_time") or 0,
    )
