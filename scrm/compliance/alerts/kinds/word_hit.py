"""A rule found words in a chat."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from scrm.compliance.alerts.kind import MISCONDUCT, OTHER, Facts, Kind, Notice, Reason
from scrm.compliance.alerts.notices import words_found
from scrm.contracts.archive import SenderKind
from scrm.core import clock
from scrm.identity.permissions import Permission
from scrm.wecom import cards

NAME: Literal["word_hit"] = "word_hit"


class WordHit(BaseModel):
    """Why an alert on a message was raised, and where the message stands; ``words`` are the rule's."""

    rule_id: int
    rule_name: str
    rule_version: int
    words: list[str]
    msgid: str
    conversation_id: int
    sender_kind: SenderKind
    in_group: bool


class WordHitFacts(WordHit, Facts):
    """`WordHit`, as the facts of its kind."""

    kind: Literal["word_hit"]


def _lines(known: Mapping[str, Any], at: dt.datetime) -> list[str]:
    """Where to look, not how many there are: further hits add nothing to a card that waits."""
    return [
        f"质检规则「{cards.words(known['rule_name'])}」等有新的敏感词命中，请到风险提醒页查看上下文并处理。",
        f"时间：{at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}",
    ]


KIND = Kind(
    name=NAME,
    zh="敏感词命中",
    en="Sensitive words",
    facts=WordHitFacts,
    tell=lambda alert: WordHitFacts(kind=NAME, **{name: alert.snapshot[name] for name in WordHit.model_fields}),
    reasons=(
        Reason("false_alarm", "误报", "False alarm"),
        Reason("staff_reminded", "已提醒员工", "Staff reminded"),
        MISCONDUCT,
        OTHER,
    ),
    notice=Notice(lines=_lines, kind=words_found.KIND),
    permission=Permission.MESSAGES_READ,
    called_now=True,
)
