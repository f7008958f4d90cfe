"""What people say to each other, as far as the archive keeps it (page 91774), and what can go wrong with it."""

import base64
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from simulator import archive, chatter
from simulator.archive import Archive, Kept
from simulator.events import envelope
from simulator.play import Args, BadAction, Stage, verb
from simulator.world import Json

_SPOILT = ("key", "body", "json", "version")
_POISONS = (*_SPOILT, "room")  # opens well and names a group by an id that no index takes
_AGENT_ID = 2_000_004  # of the archive, in its event (page 95039)


@dataclass(frozen=True)
class Chat:
    """Who talks to whom; ``roomid`` is empty for a single chat."""

    sender: str
    tolist: list[str]
    roomid: str
    external: bool


@verb
def send_message(stage: Stage, args: Args) -> Json:
    """Somebody says something to ``receiver``, or into the group ``chat_id``; ``msgtype`` text, image, voice, …"""
    store = _archive(stage)
    msgtype = args.text("msgtype", "text")
    if msgtype not in chatter.TYPES:
        raise BadAction(f"msgtype must be one of {', '.join(chatter.TYPES)}")
    chat = _chat(stage, args)
    at = _moment(args)
    given = {**args.values, **(args.values.get("body") or {})}
    body = chatter.body(store, stage.corp.random, msgtype, at=at, given=given, sender=chat.sender)
    message = _message(stage, chat, at, msgtype, body)
    return _archived(stage, store, chat, message, at, poison=_poison(args), skip=args.number("skip", 0))


@verb
def archive_message(stage: Stage, args: Args) -> Json:
    """The archive holds this ``message``, whatever it is, sealed as all are."""
    store, message = _archive(stage), args.values.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("msgid"), str):
        raise BadAction("message must be an object with a msgid")
    store.add(message, at=time.time(), poison=_poison(args), skip=args.number("skip", 0))
    return {"seq": str(store.seq)}


@verb
def archive_row(stage: Stage, args: Args) -> Json:
    """A row of the archive as these bytes say it, in base64; what stands in ``{seq}`` becomes its seq."""
    store, seq = _archive(stage), 0
    with store.lock:
        seq = store.next_seq()
        raw = base64.b64decode(args.text("raw")).replace(b"{seq}", b"%d" % seq)
        store.kept.append(Kept(seq, time.time(), raw, ""))
    return {"seq": str(seq)}


@verb
def recall_message(stage: Stage, args: Args) -> Json:
    """The sender takes a message back: the archive keeps it and adds a record."""
    store, msgid = _archive(stage), args.text("msgid")
    said = store.said.get(msgid)
    if said is None or said["action"] != "send":
        raise BadAction("no such message")
    if any(other["action"] == "recall" and other["revoke"]["pre_msgid"] == msgid for other in store.said.values()):
        raise BadAction("it has been recalled already")
    at = _moment(args)
    chat = Chat(said["from"], said["tolist"], said["roomid"], msgid.endswith("_external"))
    message = {**_message(stage, chat, at, "revoke", {"pre_msgid": msgid}), "action": "recall"}
    return _archived(stage, store, chat, message, at)


@verb
def switch_corp(stage: Stage, args: Args) -> Json:
    """A member goes over to another corp in the client: a record without sender, receivers and type."""
    store, staff = _archive(stage), stage.staff(args.text("userid"))
    at = time.time()
    message = {
        "msgid": _msgid(stage, at, external=False),
        "action": "switch",
        "time": int(at * 1000),
        "user": staff.userid,
    }
    store.add(message, at=at)
    _notify(stage, store)
    return message


@verb
def refuse_archive(stage: Stage, args: Args) -> Json:
    """The customer declines the archive in the chat with a member: what they say is kept no more."""
    store, row = _archive(stage), stage.relation(args)
    store.refused.add((row.userid.lower(), row.external_userid))
    at = time.time()
    chat = Chat(row.external_userid, [row.userid], "", external=True)
    body = chatter.body(store, stage.corp.random, "disagree", at=at, given={}, sender=row.external_userid)
    message = _message(stage, chat, at, "disagree", body)
    store.add(message, at=at)
    _notify(stage, store)
    return message


@verb
def open_room(stage: Stage, args: Args) -> Json:
    """Members open an internal group."""
    _archive(stage)
    members = [stage.staff(userid).userid for userid in args.texts("members")]
    if len(members) < 2:
        raise BadAction("members must name two or more")
    room = {"name": args.text("name", "内部群"), "creator": members[0], "created": stage.now, "members": members}
    roomid = stage.corp.new_id("wr")
    stage.corp.room.setdefault("internal_rooms", {})[roomid] = room
    return {"chat_id": roomid, **room}


@verb
def rotate_archive_key(stage: Stage, args: Args) -> Json:
    """The administrator uploads a new public key; with ``withheld`` nobody has the private half."""
    return {"version": _archive(stage).rotate(withheld=args.flag("withheld", False))}


@verb
def find_archive_key(stage: Stage, args: Args) -> Json:
    """The private half of a version that was withheld is found again."""
    store, version = _archive(stage), args.number("version")
    for pair in store.keys:
        if pair.version == version:
            pair.withheld = False
            return {"version": version}
    raise BadAction("no such version")


@verb
def fill_archive(stage: Stage, args: Args) -> Json:
    """Very many texts at once: ``count``, ``seed``, over the last ``hours``; ``poison`` and ``gaps`` of them."""
    store, count = _archive(stage), args.number("count")
    if not 1 <= count <= 1_000_000:
        raise BadAction("count must be 1 to 1000000")
    random = Random(f"fill:{args.number('seed', 1)}")
    pairs = [row for row in stage.corp.follows.values() if not row.half and stage.corp.member(row.userid)]
    if not pairs:
        raise BadAction("nobody has customers")
    poisons = dict.fromkeys(random.sample(range(count), args.number("poison", 0)), "")
    gaps = set(random.sample(range(count), args.number("gaps", 0)))
    risky, span = args.number("risky", 0), args.number("hours", 24) * 3600
    now = store.now()
    jobs: list[tuple[Json, int, float, str]] = []
    with store.lock:
        for number in range(count):
            row = random.choice(pairs)
            from_staff = random.random() < 0.5
            ends = (row.userid, row.external_userid)
            chat = Chat(ends[not from_staff], [ends[from_staff]], "", external=True)
            at = now - span + span * number / count
            text = chatter.RISKY_LINES[number % 4] if risky and number % risky == 0 else ""
            text = text or f"{chatter.line(random, from_staff=from_staff)} {number}"
            message = _message(stage, chat, at, "text", {"content": text})
            poison = random.choice(_SPOILT) if number in poisons else ""
            jobs.append((message, store.next_seq(1_000_000 if number in gaps else 0), at, poison))
        with ThreadPoolExecutor(4) as pool:
            store.kept += pool.map(_sealer(store), jobs, chunksize=500)
        store.poisoned += [message["msgid"] for message, _, _, poison in jobs if poison]
    _notify(stage, store)
    return {"count": count, "last_seq": str(store.seq), "poisoned": len(poisons), "gaps": len(gaps)}


def _sealer(store: Archive) -> Callable[[tuple[Json, int, float, str]], Kept]:
    def seal(job: tuple[Json, int, float, str]) -> Kept:
        message, seq, at, poison = job
        return Kept(seq, at, store.seal(message, seq, poison=poison), message["msgid"])

    return seal


def _chat(stage: Stage, args: Args) -> Chat:
    corp, sender = stage.corp, args.text("sender")
    member = corp.member(sender)
    sender = member.userid if member is not None else sender
    if member is None and sender not in corp.customers:
        raise BadAction(f"nobody is called {sender}")
    chat_id = args.text("chat_id", "")
    if chat_id:
        return _in_group(stage, sender, chat_id)
    receiver = args.text("receiver")
    other = corp.member(receiver)
    if other is not None:
        receiver = other.userid
    if member is not None and other is not None:
        return Chat(sender, [receiver], "", external=False)
    if member is None and other is None:
        raise BadAction("one of the two must be a member")
    userid, external_userid = (sender, receiver) if member is not None else (receiver, sender)
    row = corp.relation(userid, external_userid)
    if row is None or row.half:
        raise BadAction(f"{userid} does not follow {external_userid}")
    if row.left and member is not None:
        raise BadAction("the customer has deleted this member: the message does not arrive")
    return Chat(sender, [receiver], "", external=True)


def _in_group(stage: Stage, sender: str, chat_id: str) -> Chat:
    room = stage.corp.room.get("internal_rooms", {}).get(chat_id)
    group = stage.corp.groups.get(chat_id)
    if room is not None:
        people, external = list(room["members"]), False
    elif group is not None and not group.dismissed:
        people, external = [row.userid for row in group.members], True
    else:
        raise BadAction("no such group")
    if sender not in people:
        raise BadAction(f"{sender} is not in this group")
    return Chat(sender, [one for one in people if one != sender], chat_id, external)


def _message(stage: Stage, chat: Chat, at: float, msgtype: str, body: Json) -> Json:
    message = {
        "msgid": _msgid(stage, at, external=chat.external),
        "action": "send",
        "from": chat.sender,
        "tolist": chat.tolist,
        "roomid": chat.roomid,
        "msgtime": int(at * 1000),
        "msgtype": msgtype,
    }
    if msgtype == "vote":
        return {**message, **body}
    if msgtype in ("meeting_voice_call", "voip_doc_share"):
        message["voiceid" if msgtype == "meeting_voice_call" else "voipid"] = f"gr{int(at)}"
        del message["roomid"]
    return {**message, chatter.BODY_KEY.get(msgtype, msgtype): body}


def _archived(
    stage: Stage, store: Archive, chat: Chat, message: Json, at: float, *, poison: str = "", skip: int = 0
) -> Json:
    refused = not chat.roomid and any((one.lower(), chat.sender) in store.refused for one in chat.tolist)
    if not refused:
        store.add(message, at=at, poison=poison, skip=skip)
        _notify(stage, store)
    store.said[message["msgid"]] = message
    return {**message, "archived": not refused}


def _notify(stage: Stage, store: Archive) -> None:
    """``msgaudit_notify``: at most once in an interval that had traffic (page 95039)."""
    app = stage.corp.apps.get("archive")
    now = time.time()
    with store.lock:
        if stage.quiet or app is None or not app.callback_url or store.notify_at > now:
            return
        store.notify_at = now + stage.corp.habits.archive_notify_seconds
    xml = envelope(stage.corp.corp_id, "msgaudit_notify", [("AgentID", _AGENT_ID)])
    stage.sender.send(app, xml, facts={"event": "msgaudit_notify"}, due=store.notify_at)


def _poison(args: Args) -> str:
    kind = args.text("poison", "")
    if kind and kind not in _POISONS:
        raise BadAction(f"poison must be one of {', '.join(_POISONS)}")
    return kind


def _moment(args: Args) -> float:
    """When it is said: ``at`` in Unix seconds, or ``seconds_ago``, else now."""
    at = args.values.get("at")
    return float(at) if isinstance(at, int | float) else time.time() - args.number("seconds_ago", 0)


def _msgid(stage: Stage, at: float, *, external: bool) -> str:
    number = stage.corp.random.getrandbits(63)
    return f"{number}_{int(at * 1000)}{'_external' if external else ''}"


def _archive(stage: Stage) -> Archive:
    store = archive.of(stage.corp)
    if store is None:
        raise BadAction("this corp has no archive")
    return store
