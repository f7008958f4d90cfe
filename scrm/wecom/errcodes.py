"""What each WeCom errcode means for the caller: one table, read by the client and spoken by the simulator.

Sources: the global error code page 90313 and the pages of the single calls. The texts are English and short; WeCom's
own wording changes, so nothing may branch on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Reaction(StrEnum):
    """What a caller does about an errcode."""

    OK = "ok"
    REFRESH = "refresh"  # fetch a new token, repeat once
    RETRY = "retry"  # repeat a few times with jittered growing pauses
    RATE = "rate"  # stop this call until the window has passed
    CONFIG = "config"  # an administrator must act; never repeat
    STATE = "state"  # a fact about our data: store it and go on
    FATAL = "fatal"  # this input will never be accepted
    BUG = "bug"  # we called it wrongly


@dataclass(frozen=True, slots=True)
class Errcode:
    """One errcode with the reaction it asks for and a short English text."""

    code: int
    reaction: Reaction
    text: str


def look_up(code: int) -> Errcode:
    """Return the entry of an errcode; one that the table does not know is `Reaction.FATAL`."""
    return TABLE.get(code) or Errcode(code, Reaction.FATAL, f"errcode {code}")


_ROWS: tuple[tuple[Reaction, tuple[tuple[int, str], ...]], ...] = (
    (Reaction.OK, ((0, "ok"),)),
    (
        Reaction.REFRESH,
        (
            (40001, "invalid credential"),
            (40014, "invalid access_token"),
            (42001, "access_token expired"),
            (40082, "invalid suite_access_token"),
            (42009, "suite_access_token expired"),
        ),
    ),
    (
        Reaction.RETRY,
        (
            (-1, "system busy"),
            (6000, "data version conflict"),
            (40007, "invalid media_id"),
            (40145, "media_id expired"),
            (41063, "group message is being dispatched"),
            (41079, "moment is being dispatched"),
            (41096, "welcome message is being distributed by another app"),
            (45033, "api concurrency limit"),
            (45035, "conflicting operation on the same record"),
            (45036, "data access over limit"),
            (50100, "invalid page cursor"),
            (2010003, "too many concurrent requests"),
            (2400007, "too many requests"),
        ),
    ),
    (
        Reaction.RATE,
        ((45009, "api freq out of limit"),),
    ),
    (
        Reaction.CONFIG,
        (
            (40013, "invalid corpid"),
            (40056, "invalid agentid"),
            (40091, "invalid secret"),
            (41002, "corpid missing"),
            (41004, "secret missing"),
            (41055, "too many group welcome templates"),
            (41057, "no WeChat developer account bound"),
            (41058, "no right to edit this template"),
            (41211, "moments are not enabled"),
            (41305, "business category not set"),
            (45031, "corpsecret is not safe, reset it"),
            (48001, "api function not authorized"),
            (48002, "api forbidden"),
            (48004, "authorization is invalid"),
            (48006, "permission withdrawn after long disuse"),
            (48007, "customer service account not granted"),
            (48009, "contact sync may not read details from this ip"),
            (48010, "unsupported TLS version"),
            (48011, "members are not active enough"),
            (50001, "redirect_uri is not in a trusted domain"),
            (50003, "app is disabled"),
            (50006, "system app is disabled"),
            (60020, "not allow to access from your ip"),
            (60031, "app may not call apis"),
            (80001, "trusted domain is wrong or has no ICP filing"),
            (81011, "no permission on this tag"),
            (84074, "no permission to use external contact"),
            (85005, "ownership of the trusted domain is not verified"),
            (301002, "no privilege to operate this agent"),
            (301007, "corp is dissolved or banned"),
            (301042, "ip is not in the white list"),
            (301052, "archive service expired"),
            (301053, "archive service not enabled"),
            (301111, "archive sdk is too old"),
            (301116, "a third party may not call this archive"),
            (610023, "external contact scale limit reached"),
            (610024, "qualification papers missing"),
            (701008, "interface licence missing"),
            (701099, "interface licence missing"),
        ),
    ),
    (
        Reaction.STATE,
        (
            (301048, "archived file is missing or expired"),
            (301059, "not an internal group"),
            (301061, "userid or external id does not exist"),
            (40003, "invalid userid"),
            (40066, "invalid party list"),
            (40068, "invalid tag id"),
            (40096, "invalid external userid"),
            (40097, "user is not resigned"),
            (40098, "user is not real-name verified"),
            (40099, "external contact count of the user is at its limit"),
            (40100, "customer is in a transfer"),
            (40126, "too many corp tags"),
            (40129, "customer is being transferred"),
            (40143, "user is banned"),
            (40144, "too many tags on this customer"),
            (40201, "intercepted by anti-spam"),
            (40204, "intercepted by anti-spam"),
            (40205, "WeChat ticket of the user expired"),
            (41050, "invalid or expired welcome code"),
            (41051, "welcome already sent or chat already started"),
            (41053, "customer has not agreed to chat archiving"),
            (41094, "reminder limit of this message reached"),  # three in 24 hours: another message's is open
            (41200, "business category not supported"),
            (41201, "invalid chat_key"),
            (46004, "user not found"),
            (49008, "group is dissolved"),
            (50002, "user out of permission scope"),
            (60003, "department not found"),
            (60011, "no privilege to access or modify this contact, party or agent"),
            (60021, "userid is not in the visible range"),
            (60030, "beyond the visible range of the app"),
            (60111, "userid not found"),
            (60123, "invalid party id"),
            (60146, "mobile not found"),
            (60147, "email not found"),
            (60148, "biz mail not found"),
            (84014, "user_ticket expired"),
            (84015, "invalid user_ticket"),
            (84061, "not external contact"),
            (84083, "not a service person"),
            (84084, "not a follower"),
            (90500, "group owner is not resigned"),
            (90501, "not a customer group"),
            (90502, "group owner is resigned"),
            (90503, "the group is full and needs the client's confirmation"),
            (90504, "group owner is unchanged"),
            (90507, "group transfer in progress"),
            (90508, "group was already inherited"),
            (90509, "not an external group"),
            (90510, "corp without active users for a year"),
            (92000, "user is not visible"),
            (95001, "more than five messages"),
            (95002, "more than 48 hours"),
            (95007, "invalid msgtoken"),
            (95013, "session ended"),
            (95016, "session state change not allowed"),
            (95018, "session state does not allow sending"),
            (95031, "customer silent for 48 hours"),
        ),
    ),
    (
        Reaction.FATAL,
        (
            (40004, "invalid media type"),
            (40005, "invalid type parameter"),
            (40006, "invalid media size"),
            (40008, "invalid msgtype"),
            (40009, "invalid image size"),
            (40011, "invalid video size"),
            (40029, "invalid code"),
            (40031, "invalid userid list"),
            (40032, "invalid userid list length"),
            (40050, "invalid chat id"),
            (40071, "tag name exists or is invalid"),
            (40072, "tag name is empty or too long"),
            (40073, "invalid openid"),
            (40123, "broken image"),
            (40128, "customer was transferred too often"),
            (40130, "handover and takeover user are the same"),
            (40131, "handover user does not follow the customer"),
            (41041, "too many users"),
            (41042, "invalid style"),
            (41045, "too many contact ways"),
            (41048, "no customer to send to"),
            (41054, "user is not activated"),
            (41072, "attachment of another scene"),
            (41080, "attachment too large"),
            (41081, "invalid image resolution"),
            (41082, "invalid video length"),
            (41090, "video is not mp4"),
            (41091, "too many groups"),
            (41093, "group message cancelled"),
            (41095, "too many links"),
            (41210, "too many moments this month"),
            (42003, "code expired"),
            (42022, "code was used"),
            (42052, "msgid too old to recall"),
            (43004, "user has no WeChat bound"),
            (44001, "empty media"),
            (44004, "text is empty"),
            (45001, "media too large"),
            (45002, "content too long"),
            (45029, "response too large"),
            (60140, "invalid response_code"),
            (81013, "user & party & tag all invalid"),
            (82004, "illegal content"),
            (90511, "invalid opengid"),
            (830002, "file too big, use range requests"),
        ),
    ),
    (
        Reaction.BUG,
        (
            (301058, "archive page is too large"),
            (301060, "more than 100 pairs"),
            (40033, "invalid request characters"),
            (40035, "invalid parameter"),
            (40058, "invalid request parameter"),
            (40063, "some parameters are empty"),
            (40093, "invalid jsapi signature"),
            (41001, "access_token missing"),
            (41006, "media_id missing"),
            (41009, "userid missing"),
            (41035, "external_userid missing"),
            (41037, "contact way type missing"),
            (41038, "contact way scene missing"),
            (41039, "invalid contact way type"),
            (41040, "invalid contact way scene"),
            (41043, "config_id missing"),
            (41044, "invalid config_id"),
            (41046, "msgid missing"),
            (41047, "invalid msgid"),
            (41049, "welcome code missing"),
            (41056, "external contact id of the wrong type"),
            (41064, "too many attachments"),
            (41065, "invalid attachment type"),
            (41110, "invalid tag id"),
            (41111, "tag list is empty or too long"),
            (42012, "jsapi_ticket cannot be used here"),
            (48005, "api is abandoned"),
            (81017, "too many members, pass owner_filter"),
            (82001, "touser, toparty and totag are all empty"),
            (82002, "too many parties"),
            (82003, "too many tags"),
            (86214, "invalid chat_type"),
            (91040, "invalid ticket type"),
            (92002, "cross-corp call"),
            (92003, "cross-app call"),
        ),
    ),
)

TABLE: Mapping[int, Errcode] = MappingProxyType(
    {code: Errcode(code, reaction, text) for reaction, rows in _ROWS for code, text in rows}
)
