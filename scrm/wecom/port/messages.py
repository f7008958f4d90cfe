"""App messages (应用消息) and sign-in."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from scrm.wecom.port.method import wecom_method

DUPLICATE_CHECK = dt.timedelta(seconds=1800)  # for so long WeCom drops a message that is the same


@dataclass(frozen=True, kw_only=True)
class AppMessageReceipt:
    """Accepted by WeCom; ``invalid_users`` (folded userids) will not get it."""

    msgid: str
    invalid_users: list[str]


class AppMessages(Protocol):
    """Messages of our app to the corp's own members."""

    @wecom_method("messages", mutating=True, dropped_within=DUPLICATE_CHECK)
    def send_text_card(self, *, userids: list[str], title: str, description: str, url: str) -> AppMessageReceipt:
        """message/send, textcard (page 90236).

        At most 1,000 receivers; title 128 and description 512 characters. Sent with ``enable_duplicate_check`` over
        1,800 s, so that WeCom drops an identical message that was accepted without our knowing; so a lost answer is
        asked for again within that time.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who came back from WeCom's sign-in; without ``userid`` it is no member of the corp."""

    userid: str | None
    external_userid: str | None


@dataclass(frozen=True, kw_only=True)
class JsTickets:
    """Tickets of the JS-SDK (page 90506), both of the same app, and how long they hold in seconds."""

    config: str
    agent_config: str
    expires_in: int


class Login(Protocol):
    """Sign-in through WeCom and the JS-SDK's tickets."""

    @wecom_method("login")
    def get_visitor(self, *, code: str) -> Visitor:
        """auth/getuserinfo (page 91023): the code is single use and lives 5 minutes; 40029 otherwise."""
        ...

    @wecom_method("login")
    def get_js_tickets(self) -> JsTickets:
        """get_jsapi_ticket and ticket/get: 400 an hour per corp, 100 per app, so cache them."""
        ...
