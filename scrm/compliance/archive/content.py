"""What an archived message says (page 91774): its words, its files, whom it recalls. Pure functions, lenient by need.

Bodies come from many versions of many clients: what is missing or of another type is left out, never an error.
"""

import json
from collections.abc import Iterator
from typing import Any

from scrm.contracts.archive import PART, MediaRef
from scrm.core.db import BIGGEST_ID
from scrm.core.storable import cleaned

Json = dict[str, Any]

DEPTH = 8  # of forwarded records inside forwarded records
NODES = 200
CHARACTERS = 20_000  # of the words of one message
UNPARSED = "unparsed"  # under this name stands what should have been JSON and is none
# Where the body does not stand under the type's own name (page 91774).
_INFO = ("markdown", "news", "voiptext", "qydiskfile", "meeting_notification", "solitaire", "note")
_BODY_KEY = {"external_redpacket": "redpacket", "docmsg": "doc", **dict.fromkeys(_INFO, "info")}
_WORDS = {
    "text": ("content",),
    "file": ("filename",),
    "link": ("title", "description", "link_url"),
    "weapp": ("title", "description", "displayname"),
    "location": ("title", "address"),
    "chatrecord": ("title",),
    "todo": ("title", "content"),
    "vote": ("votetitle",),
    "collect": ("room_name", "title"),
    "redpacket": ("wish",),
    "external_redpacket": ("wish",),
    "meeting": ("topic", "address", "remarks"),
    "meeting_notification": ("content",),
    "docmsg": ("title", "link_url"),
    "markdown": ("content",),
    "calendar": ("title", "place", "remarks"),
    "voip_doc_share": ("filename",),
    "sphfeed": ("sph_name", "feed_desc"),
    "qydiskfile": ("filename",),
    "solitaire": ("solitaire_content",),
    "card": ("corpname",),
}
_KNOWN = {
    *_WORDS,
    *_INFO,
    *("image", "voice", "video", "emotion", "mixed", "revoke", "agree", "disagree", "switch", "meeting_voice_call"),
}
_ENVELOPE = {"msgid", "action", "from", "tolist", "roomid", "msgtime", "msgtype"}
_NO_WORDS = {"sdkfileid", "md5sum", "msgid"}  # what nobody wrote and nobody looks for


def body_of(message: Json) -> Json:
    """The body of a message's type; where there is none, as in older votes and unknown types, all but the envelope."""
    msgtype = kind(message)
    body = message.get(_BODY_KEY.get(msgtype, msgtype))
    if isinstance(body, dict) and is_known(msgtype):
        return body
    if msgtype == "disagree" and isinstance(message.get("agree"), dict):
        agreed: Json = message["agree"]
        return agreed
    if msgtype == "switch":
        return {}
    return {name: value for name, value in message.items() if name not in _ENVELOPE}


def is_known(msgtype: str) -> bool:
    """Whether this version knows where the words of such a message stand."""
    return msgtype in _KNOWN


def kind(message: Json) -> str:
    """``msgtype``, or the action where there is none (``switch``)."""
    value = message.get("msgtype") or message.get("action")
    return value if isinstance(value, str) else ""


def words(message: Json) -> str:
    """All words that a person could read in the message, `PART` between; of an unknown type every text in it."""
    parts, room = [], CHARACTERS
    for part in _parts(kind(message), body_of(message), _Budget()):
        if part.strip():
            parts.append(one_part(part[:room]))
            room -= len(part)
        if room <= 0:
            break
    return PART.join(parts)


def one_part(text: str) -> str:
    """A text that claims no border of its own."""
    return text.replace(PART, " ") if PART in text else text


def files(message: Json) -> list[MediaRef]:
    """Every file that the message names, nested ones too."""
    found: list[MediaRef] = []
    if is_known(kind(message)):
        _collect(body_of(message), found, _Budget(), DEPTH)
    else:
        _collect_all(body_of(message), found, _Budget(), DEPTH)
    return found


def recalled(message: Json) -> str | None:
    """The msgid that this message takes back."""
    value = body_of(message).get("pre_msgid") if kind(message) == "revoke" else None
    return value if isinstance(value, str) and value else None


def nested(content: Any) -> Json:
    """The body inside an item of a forwarded record, a mixed message or a note: JSON in a string.

    What is none is not lost: it stands under `UNPARSED` as it came.
    """
    if isinstance(content, dict):
        return content
    value = _inner(content) if isinstance(content, str) else content
    if isinstance(value, dict):
        return value
    return {} if content is None else {UNPARSED: content}


def items(body: Json) -> list[tuple[str, Json]]:
    """Type and body of each item of a forwarded record, a mixed message or a note."""
    listed = body.get("item") if isinstance(body.get("item"), list) else body.get("items")
    found = []
    for item in listed if isinstance(listed, list) else []:
        if not isinstance(item, dict):
            found.append(("", nested(item)))
            continue
        name = item.get("type") or item.get("msg_type")
        name = name.removeprefix("ChatRecord").lower() if isinstance(name, str) else ""
        found.append((name, nested(item.get("content")) if "content" in item else item))
    return found


def _inner(text: str) -> Any:
    """The JSON in a string, or none."""
    try:
        value = json.loads(text, strict=False)
        # What the outer text escapes twice comes to light here.
        return cleaned(value) if "\\u" in text else value
    except (ValueError, RecursionError):
        return None


class _Budget:
    """How many nested parts are still looked at."""

    def __init__(self) -> None:
        self.left = NODES

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def _parts(msgtype: str, body: Json, budget: _Budget, depth: int = DEPTH) -> Iterator[str]:
    if not is_known(msgtype):
        yield from _texts(body, budget, depth)
        return
    for name in (*_WORDS.get(msgtype, ()), UNPARSED):
        value = body.get(name)
        if isinstance(value, str):
            yield value
    if msgtype == "news":
        for _, item in items(body):
            yield from (item[name] for name in ("title", "description") if isinstance(item.get(name), str))
    elif msgtype == "collect":
        yield from _texts(body.get("details"), budget, depth)
    elif msgtype == "vote" and isinstance(body.get("voteitem"), list):
        yield from (item for item in body["voteitem"] if isinstance(item, str))
    elif msgtype in ("chatrecord", "mixed", "note") and depth:
        for name, inner in items(body):
            if not budget.take():
                return
            yield from _parts(name, inner, budget, depth - 1)


def _texts(value: Any, budget: _Budget, depth: int) -> Iterator[str]:
    """Every text inside, also in JSON that stands in a text."""
    if not budget.take():
        return
    if isinstance(value, str):
        inner = _inner(value) if value[:1] in ("{", "[") and depth else None
        if isinstance(inner, dict | list):
            yield from _texts(inner, budget, depth - 1)
        else:
            yield value
    elif isinstance(value, dict) and depth:
        for name, item in value.items():
            if name not in _NO_WORDS:
                yield from _texts(item, budget, depth - 1)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _texts(item, budget, depth - 1)


def _collect(body: Json, found: list[MediaRef], budget: _Budget, depth: int) -> None:
    _note_file(body, found)
    if depth:
        for name, inner in items(body):
            if not budget.take():
                return
            (_collect if is_known(name) else _collect_all)(inner, found, budget, depth - 1)


def _collect_all(value: Any, found: list[MediaRef], budget: _Budget, depth: int) -> None:
    """The files that are named anywhere in what is not known."""
    if not depth or not budget.take():
        return
    if isinstance(value, str) and value[:1] in ("{", "["):
        value = _inner(value)
    if isinstance(value, dict):
        _note_file(value, found)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _collect_all(item, found, budget, depth - 1)


def _note_file(body: Json, found: list[MediaRef]) -> None:
    sdkfileid = body.get("sdkfileid")
    if isinstance(sdkfileid, str) and sdkfileid:
        size = next((body[name] for name in ("filesize", "voice_size", "imagesize") if _is_size(body.get(name))), None)
        md5sum = body.get("md5sum")
        found.append(MediaRef(sdkfileid, md5sum if isinstance(md5sum, str) else "", size))


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= BIGGEST_ID
