"""The inner XML of events, and which apps hear of them (core sheet B1–B4, B8).

The order of elements and the use of CDATA follow the samples of pages 92130, 90970 and 90240: both are uneven there.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from simulator.callbacks import Sender
from simulator.visibility import visible
from simulator.world import App, Corp, Json, Staff

Value: TypeAlias = "str | int | Sequence[tuple[str, Value]]"
Fields: TypeAlias = Sequence[tuple[str, Value]]


def envelope(corp_id: str, event: str, fields: Fields, *, at: int | None = None, sender: str = "sys") -> bytes:
    """The whole inner XML of one event."""
    header: Fields = (
        ("ToUserName", corp_id),
        ("FromUserName", sender),
        ("CreateTime", int(time.time()) if at is None else at),
        ("MsgType", "event"),
        ("Event", event),
    )
    return f"<xml>{_write([*header, *fields])}</xml>".encode()


def customer_apps(corp: Corp, staff: Staff | None) -> list[App]:
    """Apps that hear customer events: on the callable list, with a callback, the member inside their range."""
    return [
        app
        for app in corp.apps.values()
        if app.kind == "app"
        and app.customer_contact
        and app.callback_url
        and (staff is None or visible(corp, app).sees(staff))
    ]


def tell_customer_apps(
    corp: Corp,
    sender: Sender,
    event: str,
    fields: Fields,
    *,
    staff: Staff | None,
    at: int | None = None,
    more: Callable[[App], Fields] | None = None,
) -> None:
    """Send a customer event to every app that hears it; ``more`` adds what differs per app."""
    at = int(time.time()) if at is None else at
    for app in customer_apps(corp, staff):
        own = [*fields, *(more(app) if more else ())]
        _post(corp, sender, app, envelope(corp.corp_id, event, own, at=at), facts=_facts(event, own))


def tell_contact_sync(corp: Corp, sender: Sender, fields: Fields) -> None:
    """Send ``change_contact``: to contact-sync callbacks alone, an ordinary app is not on that list."""
    for app in corp.apps.values():
        if app.kind == "contact_sync" and app.callback_url:
            xml = envelope(corp.corp_id, "change_contact", fields)
            _post(corp, sender, app, xml, facts=_facts("change_contact", fields))


def tell_app(corp: Corp, sender: Sender, app: App, event: str, userid: str, fields: Fields = ()) -> None:
    """Send an app-level event (B8) to one app."""
    if app.kind != "app" or not app.callback_url or app.agent_id is None:
        return
    own: Fields = [("EventKey", ""), ("AgentID", app.agent_id), *fields]
    _post(corp, sender, app, envelope(corp.corp_id, event, own, sender=userid), facts=_facts(event, own))


def _post(corp: Corp, sender: Sender, app: App, xml: bytes, *, facts: Json) -> None:
    """Send once; never or twice for the shares that the corp's habits name."""
    if corp.habits.callback_drop and corp.random.random() < corp.habits.callback_drop:
        return
    sender.send(app, xml, facts=facts)
    if corp.habits.callback_twice and corp.random.random() < corp.habits.callback_twice:
        sender.send(app, xml, facts=facts)


def _facts(event: str, fields: Fields) -> Json:
    named = {name: str(value) for name, value in fields if isinstance(value, str | int)}
    keep = ("ChangeType", "UserID", "ExternalUserID", "ChatId", "Id", "UpdateDetail", "Source", "FailReason")
    return {"event": event, **{name: named[name] for name in keep if name in named}}


def _write(fields: Fields) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields)


def _value(value: Value) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return _write(value)
