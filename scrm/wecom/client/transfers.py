"""Transfer calls."""

from collections.abc import Callable
from typing import Any

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
        items = [
            UnassignedCustomer(
                handover_userid=str(item["handover_userid"]),
                external_userid=str(item["external_userid"]),
                dimission_time=int(item.get("dimission_time", 0)),
            )
            for item in answer.get("info", [])
        ]
        last = bool(answer.get("is_last", False))
        return UnassignedPage(items=items, next_cursor="" if last else str(answer.get("next_cursor") or ""))

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
        items = [
            TransferResult(
                external_userid=str(item["external_userid"]),
                status=int(item["status"]),
                takeover_time=int(item.get("takeover_time") or 0),
            )
            for item in answer.get("customer", [])
        ]
        return TransferResultPage(items=items, next_cursor=str(answer.get("next_cursor") or ""))

    def _groups(self, path: str, chat_ids: list[str], new_owner: str) -> list[ItemAnswer]:
        answer = self._ask(path, {"chat_id_list": chat_ids, "new_owner": new_owner})
        failed = answer.get("failed_chat_list", [])
        return [ItemAnswer(id=str(item["chat_id"]), errcode=int(item["errcode"])) for item in failed]

    def _ask(self, path: str, body: Json) -> Json:
        return self._app()[1].ask("post", f"externalcontact/{path}", data=body)


def _pair(handover_userid: str, takeover_userid: str) -> Json:
    return {"handover_userid": handover_userid, "takeover_userid": takeover_userid}


def _customers(answer: Json) -> list[ItemAnswer]:
    return [
        ItemAnswer(id=str(item["external_userid"]), errcode=int(item.get("errcode", 0)))
        for item in answer.get("customer", [])
    ]
