"""App message and sign-in calls."""

from collections.abc import Callable

from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.messages import AppMessageReceipt, JsTickets, Visitor

Session = Callable[[], tuple[AppCredentials, WorkSession]]

_DUPLICATE_SECONDS = 1800


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
            "duplicate_check_interval": _DUPLICATE_SECONDS,
        }
        answer = session.ask("post", "message/send", data=body)
        invalid = [userid for userid in str(answer.get("invaliduser") or "").split("|") if userid]
        return AppMessageReceipt(msgid=str(answer.get("msgid", "")), invalid_users=invalid)


class LoginClient:
    """`scrm.wecom.port.messages.Login` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def get_visitor(self, *, code: str) -> Visitor:
        answer = self._app()[1].ask("get", "auth/getuserinfo", params={"code": code})
        userid, external_userid = answer.get("userid"), answer.get("external_userid")
        return Visitor(
            userid=str(userid) if userid else None,
            external_userid=str(external_userid) if external_userid else None,
        )

    def get_js_tickets(self) -> JsTickets:
        session = self._app()[1]
        config = session.ask("get", "get_jsapi_ticket")
        agent = session.ask("get", "ticket/get", params={"type": "agent_config"})
        return JsTickets(
            config=str(config["ticket"]),
            agent_config=str(agent["ticket"]),
            expires_in=min(int(config.get("expires_in", 7200)), int(agent.get("expires_in", 7200))),
        )
