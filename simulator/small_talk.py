"""What people said before the visitor came: a day of chats, the same for the same day."""

from random import Random
from typing import cast

from simulator import chatter
from simulator.callbacks import Sender
from simulator.play import Args, BadAction, Stage
from simulator.play.chats import recall_message, send_message
from simulator.world import Corp, Follow, Json

CHATS, GROUPS = 36, 5
_DAY = 20 * 3600
_EXTRAS = ("image", "link", "file", "weapp", "voice", "location", "external_redpacket", "chatrecord", "mixed", "card")


def furnish(corp: Corp, random: Random, epoch: float) -> None:
    """Fill the archive with single chats and groups of the last twenty hours, oldest first as WeCom numbers them."""
    stage = Stage(corp, cast(Sender, None), quiet=True)  # nobody is told, so no sender is asked
    pairs = [row for row in corp.follows.values() if not row.half and not row.left]
    said: list[tuple[float, Json]] = []
    for row in random.sample(pairs, min(CHATS, len(pairs))):
        said += _chat(random, row, epoch)
    groups = [row for row in corp.groups.values() if len(row.members) > 4]
    for group in random.sample(groups, min(GROUPS, len(groups))):
        at = epoch - random.uniform(900, _DAY)
        for _ in range(random.randint(3, 9)):
            member = random.choice(group.members)
            at += random.uniform(15, 400)
            content = chatter.line(random, from_staff=member.type == 1)
            said.append((at, {"sender": member.userid, "chat_id": group.chat_id, "content": content}))
    for at, values in sorted(said, key=lambda item: item[0]):
        _play(stage, random, values, at)


def line(random: Random, row: Follow) -> Json:
    """One more message between a member and a customer, for the trickle."""
    from_staff = random.random() < 0.5
    ends = (row.userid, row.external_userid)
    values = {"sender": ends[not from_staff], "receiver": ends[from_staff]}
    if random.random() < 0.1:
        return {**values, "msgtype": random.choice(_EXTRAS), "payment_code": random.random() < 0.3}
    return {**values, "content": chatter.line(random, from_staff=from_staff, risky=0.06)}


def _chat(random: Random, row: Follow, epoch: float) -> list[tuple[float, Json]]:
    at = epoch - random.uniform(600, _DAY)
    found: list[tuple[float, Json]] = []
    for number in range(random.randint(3, 14)):
        from_staff = number % 2 == 1 if random.random() < 0.8 else random.random() < 0.5
        ends = (row.userid, row.external_userid)
        values: Json = {"sender": ends[not from_staff], "receiver": ends[from_staff]}
        if random.random() < 0.14:
            values |= {"msgtype": random.choice(_EXTRAS), "payment_code": from_staff and random.random() < 0.3}
        else:
            values["content"] = chatter.line(random, from_staff=from_staff, risky=0.02)
        at += random.uniform(12, 260)
        found.append((min(at, epoch), values))
    return found


def _play(stage: Stage, random: Random, values: Json, at: float) -> None:
    try:
        message = send_message(stage, Args({**values, "at": at}))
    except BadAction:
        return  # somebody left the other meanwhile
    if random.random() < 0.01:
        recall_message(stage, Args({"msgid": message["msgid"], "at": at + 20}))
