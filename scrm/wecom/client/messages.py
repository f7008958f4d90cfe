"""App message and sign-in calls."""

from collections.abc import Callable
from typing import Any

from scrm.wecom.client import reading
from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.messages import DUPLICATE_CHECK, AppMessageReceipt, JsTickets, Visitor

Session = Callable[[], tuple[AppCredentials, WorkSession]]

_TICKET_SECONDS = 7200


class AppMessagesClient:
    """`scrm.wecom.port.messages.AppMessages` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def send_text_card(self, *, userids: list[str], title: str, description: str, url: str) -> AppMessageReceipt:
        credentials, session = self._app()
        body = {
            "touser": "|".join(userids),
            "msgtype": "textcard",
            "agentid": credentials.agent_id,
            "textcard": {"title": title, "description": description, "url": url, "btntxt": "查看"},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": int(DUPLICATE_CHECK.total_seconds()),
        }
        answer = session.ask("post", "message/send", data=body)
        invalid = [userid for userid in (reading.text(answer, "invaliduser") or "").split("|") if userid]
        return AppMessageReceipt(msgid=reading.text(answer, "msgid") or "", invalid_users=invalid)


class LoginClient:
    """`scrm.wecom.port.messages.Login` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def get_visitor(self, *, code: str) -> Visitor:
        answer = self._app()[1].ask("get", "auth/getuserinfo", params={"code": code})
        return Visitor(
            userid=reading.text(answer, "userid") or None,
            external_userid=reading.text(answer, "external_userid") or None,
        )

    def get_js_tickets(self) -> JsTickets:
        session = self._app()[1]
        config = session.ask("get", "get_jsapi_ticket")
        agent = session.ask("get", "ticket/get", params={"type": "agent_config"})
        return JsTickets(
            config=reading.whole(_ticket, config),
            agent_config=reading.whole(_ticket, agent),
            expires_in=min(reading.number(found, "expires_in") or _TICKET_SECONDS for found in (config, agent)),
        )


def _ticket(answer: dict[str, Any]) -> str:
    return reading.needed(answer, "ticket")
