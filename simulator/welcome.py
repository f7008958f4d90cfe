"""Welcome codes and `send_welcome_msg` (pages 92130, 92137): twenty seconds, the first caller wins."""

import time
from collections import deque
from dataclasses import dataclass, field

from simulator.edge import Call, Callers, Refusal, api
from simulator.media import check_media, is_picture
from simulator.world import WECHAT, App, Corp, Follow, Json, Staff

_ATTACHMENTS = ("image", "link", "miniprogram", "video", "file")
KEPT_GRANTS = 10_000
KEPT_WELCOMES = 5_000


@dataclass(slots=True, eq=False)
class Grant:
    """The one welcome that an add allows, however many apps hold a code for it."""

    userid: str
    external_userid: str
    issued_at: float
    sending: bool = False
    delivered: bool = False
    codes: dict[str, str] = field(default_factory=dict)  # app key -> code


def grant(corp: Corp, staff: Staff, row: Follow, apps: list[App]) -> Grant | None:
    """Issue codes for an add, or None where WeCom issues none (page 92130)."""
    if staff.console_welcome or row.chatting or corp.customers[row.external_userid].type != WECHAT:
        return None
    grants: deque[Grant] = corp.room.setdefault("grants", deque())
    codes: dict[tuple[str, str], Grant] = corp.room.setdefault("codes", {})
    while len(grants) >= KEPT_GRANTS:
        for key in grants.popleft().codes.items():
            codes.pop(key, None)
    made = Grant(staff.userid, row.external_userid, time.time())
    shared = corp.new_id("CALLBACK", 40)
    for app in apps:
        code = shared if corp.habits.welcome_codes == "shared" else corp.new_id("CALLBACK", 40)
        made.codes[app.key] = code
        codes[app.key, code] = made
    grants.append(made)
    return made


@api("POST", "externalcontact/send_welcome_msg", callers=Callers.CUSTOMER, locked=False)
def send_welcome(call: Call) -> Json:
    """Deliver the welcome; while one app's is on its way the others get 41096, afterwards 41051."""
    code = call.text("welcome_code", missing=41049)
    with call.corp.lock:
        text = call.thing("text").get("content", "")
        attachments = call.body.get("attachments") or []
        check_content(call, text, attachments)
        found: Grant | None = call.corp.room.get("codes", {}).get((call.app.key, code))
        if found is None:
            raise Refusal(41050)
        if found.delivered:
            raise Refusal(41051)
        if found.sending:
            raise Refusal(41096)
        if time.time() > found.issued_at + call.corp.habits.welcome_seconds:
            raise Refusal(41050)
        found.sending = True
    time.sleep(call.linger or call.corp.habits.welcome_send_seconds)
    with call.corp.lock:
        found.sending, found.delivered = False, True
        row = call.corp.relation(found.userid, found.external_userid)
        if row is not None:
            row.chatting = True
            call.corp.put(row)
        facts = {"userid": found.userid, "external_userid": found.external_userid}
        call.facts |= facts
        sent = {"at": time.time(), "app": call.app.key, "text": text, "attachments": attachments, **facts}
        sent_welcomes(call.corp).append(sent)
    return {}


def sent_welcomes(corp: Corp) -> deque[Json]:
    """Welcomes that reached their customers, oldest first."""
    kept: deque[Json] = corp.room.setdefault("welcomes", deque(maxlen=KEPT_WELCOMES))
    return kept


def check_content(call: Call, text: object, attachments: object) -> None:
    """Text up to 4,000 bytes and at most nine attachments, not both empty (pages 92135, 92137)."""
    if not isinstance(text, str) or not isinstance(attachments, list):
        raise Refusal(40058)
    if not text and not attachments:
        raise Refusal(40063, "text and attachments are both empty")
    if len(text.encode()) > 4000:
        raise Refusal(45002)
    if len(attachments) > 9:
        raise Refusal(41064)
    for row in attachments:
        kind = row.get("msgtype") if isinstance(row, dict) else None
        part = row.get(kind) if kind in _ATTACHMENTS else None
        if not isinstance(part, dict):
            raise Refusal(41065)
        _check_attachment(call, str(kind), part)


def _check_attachment(call: Call, kind: str, part: Json) -> None:
    if kind == "image" and not part.get("media_id"):
        if not is_picture(call.corp, str(part.get("pic_url", ""))):
            raise Refusal(40058, "pic_url must come from uploadimg")
    elif kind in ("image", "video", "file"):
        check_media(call, str(part.get("media_id", "")), kind)
    elif kind == "link":
        _within(part, title=128, desc=512, url=2048, picurl=2048)
        if not part.get("title") or not part.get("url"):
            raise Refusal(40063)
    else:
        _within(part, title=64)
        if not all(part.get(name) for name in ("title", "pic_media_id", "appid", "page")):
            raise Refusal(40063)
        check_media(call, str(part["pic_media_id"]), "image")


def _within(part: Json, **limits: int) -> None:
    for name, limit in limits.items():
        if len(str(part.get(name, "")).encode()) > limit:
            raise Refusal(40058, f"field `{name}` exceed max length {limit}")
