"""App messages: `message/send` (page 90236) with its person-times, duplicate check and silent drops."""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable

from simulator.edge import Call, Callers, Refusal, api
from simulator.media import check_media
from simulator.world import Corp, Json, Staff

PER_MINUTE = 30  # to one member by one app; the excess is dropped without a word (page 90312)
KEPT_MESSAGES = 5_000
MAX_INTERVAL = 4 * 3600


@api("POST", "message/send", callers=Callers.APP)
def send_message(call: Call) -> Json:
    agentid = call.number("agentid")
    if agentid is None:
        raise Refusal(40056)
    if agentid != call.app.agent_id:
        raise Refusal(301002)
    receivers, invalid_users, invalid_parties = _receivers(call)
    kind = call.text("msgtype")
    check = _CHECKS.get(kind)
    if check is None:
        raise Refusal(40008)
    content = check(call, call.thing(kind))
    if not receivers:
        raise Refusal(81013)
    msgid = call.corp.new_id("", 60)
    duplicate = _is_duplicate(call)
    reached = [] if duplicate else [row.userid for row in receivers if not _dropped(call, row)]
    call.facts = {"msgid": msgid, "delivered_to": reached, "duplicate": duplicate}
    if reached:
        message = {
            "msgid": msgid,
            "at": time.time(),
            "app": call.app.key,
            "touser": reached,
            "msgtype": kind,
            "content": content,
        }
        sent_messages(call.corp).append(message)
    return {
        "invaliduser": "|".join(invalid_users),
        "invalidparty": "|".join(invalid_parties),
        "invalidtag": "",
        "unlicenseduser": "",
        "msgid": msgid,
    }


def sent_messages(corp: Corp) -> deque[Json]:
    """What members got, oldest first."""
    kept: deque[Json] = corp.room.setdefault("messages", deque(maxlen=KEPT_MESSAGES))
    return kept


def _receivers(call: Call) -> tuple[list[Staff], list[str], list[str]]:
    users = [part for part in call.text("touser").split("|") if part]
    parties = [part for part in call.text("toparty").split("|") if part]
    tags = [part for part in call.text("totag").split("|") if part]
    if not users and not parties and not tags:
        raise Refusal(82001)
    if len(users) > 1000:
        raise Refusal(40032)
    if len(parties) > 100:
        raise Refusal(82002)
    if len(tags) > 100:
        raise Refusal(82003)
    seen = {row.userid.lower(): row for row in call.range.members(call.corp)}
    if users == ["@all"]:
        return list(seen.values()), [], []
    found = {user.lower(): seen[user.lower()] for user in users if user.lower() in seen}
    bad_users = [user.lower() for user in users if user.lower() not in seen]
    bad_parties = [party for party in parties if not party.isdigit() or int(party) not in call.range.departments]
    for party in parties:
        if party not in bad_parties:
            below = call.corp.subtree(int(party))
            found |= {userid: row for userid, row in seen.items() if not below.isdisjoint(row.department)}
    return list(found.values()), bad_users, bad_parties


def _is_duplicate(call: Call) -> bool:
    """With ``enable_duplicate_check`` an identical request inside the interval is accepted and not delivered."""
    if call.number("enable_duplicate_check", 0) != 1:
        return False
    interval = min(call.number("duplicate_check_interval", 1800) or 1800, MAX_INTERVAL)
    digest = hashlib.sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest()
    seen: dict[str, float] = call.corp.room.setdefault(f"sent:{call.app.key}", {})
    now = time.time()
    if seen.get(digest, 0.0) + interval > now:
        return True
    seen[digest] = now
    return False


def _dropped(call: Call, staff: Staff) -> bool:
    now = time.time()
    rates: dict[tuple[str, str], deque[float]] = call.corp.room.setdefault("rates", {})
    recent = rates.setdefault((call.app.key, staff.userid), deque())
    while recent and recent[0] < now - 60:
        recent.popleft()
    if len(recent) >= PER_MINUTE:
        return True
    recent.append(now)
    return False


def _check_text(_: Call, part: Json) -> Json:
    content = part.get("content")
    if not isinstance(content, str) or not content:
        raise Refusal(44004)
    return {"content": content.encode()[:2048].decode(errors="ignore")}


def _check_textcard(_: Call, part: Json) -> Json:
    if not all(isinstance(part.get(name), str) and part[name] for name in ("title", "description", "url")):
        raise Refusal(40063)
    if len(part["title"]) > 128 or len(part["description"]) > 512 or len(str(part.get("btntxt", ""))) > 4:
        raise Refusal(45002)
    if len(part["url"].encode()) > 2048 or "://" not in part["url"]:
        raise Refusal(40058, "url must have a scheme and at most 2048 bytes")
    return {name: part[name] for name in ("title", "description", "url", "btntxt") if name in part}


def _check_markdown(_: Call, part: Json) -> Json:
    content = part.get("content")
    if not isinstance(content, str) or not content:
        raise Refusal(44004)
    if len(content.encode()) > 2048:
        raise Refusal(45002)
    return {"content": content}


def _check_media(kind: str) -> Callable[[Call, Json], Json]:
    def check(call: Call, part: Json) -> Json:
        check_media(call, str(part.get("media_id", "")), kind)
        return part

    return check


def _check_news(_: Call, part: Json) -> Json:
    articles = part.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise Refusal(40058)
    for row in articles:
        if not isinstance(row, dict) or not row.get("title") or not (row.get("url") or row.get("appid")):
            raise Refusal(40063)
        if len(str(row["title"]).encode()) > 128 or len(str(row.get("description", "")).encode()) > 512:
            raise Refusal(45002)
    return {"articles": articles}


_CHECKS: dict[str, Callable[[Call, Json], Json]] = {
    "text": _check_text,
    "textcard": _check_textcard,
    "markdown": _check_markdown,
    "news": _check_news,
    **{kind: _check_media(kind) for kind in ("image", "voice", "video", "file")},
}
