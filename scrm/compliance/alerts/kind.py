"""What a kind of alert is: its words, its facts, what it is closed with, and what its card says.

One file each in `scrm.compliance.alerts.kinds`; what several of them share stands here.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from scrm.compliance.alerts.models import Alert
from scrm.compliance.alerts.notices import alert_raised
from scrm.identity.permissions import Permission
from scrm.shared.notices import kind as notices


@dataclass(frozen=True)
class Reason:
    """Why an alert is closed, under the name that rows keep."""

    name: str
    zh: str
    en: str


OTHER = Reason("other", "其他", "Other")  # asks for a note
MISCONDUCT = Reason("misconduct", "违规属实", "Misconduct")
MISTAKE_RECOVERED = Reason("mistake_recovered", "误删，已加回", "Deleted by mistake, added again")
TRANSFERRED = Reason("transferred", "已转给同事", "Handed to a colleague")
# No kind offers them any more; rows have them, and clients of 0.1 send them.
LEGITIMATE = Reason("legitimate", "正常清理", "Legitimate clean-up")
CUSTOMER_CHOICE = Reason("customer_choice", "客户主动流失", "The customer's own choice")

# Those of 0.1 were for all kinds, and clients of that time still send them.
FOR_ALL = (MISTAKE_RECOVERED, LEGITIMATE, CUSTOMER_CHOICE, TRANSFERRED, MISCONDUCT, OTHER)


class Facts(BaseModel):
    """What a kind tells beside what all alerts have; each has its name in ``kind``, by which answers are told apart."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """How whoever must look is told, under the kind's name as the title; ``lines`` gets the snapshot and the moment."""

    lines: Callable[[Mapping[str, Any], dt.datetime], list[str]]
    kind: notices.Kind = alert_raised.KIND


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of alert, by the name that rows keep.

    ``permission`` is needed beside reading alerts. ``called_now``: its people are shown as they are called now, since
    they may have been unknown when the snapshot was taken, and ``userid`` may be empty.
    """

    name: str
    zh: str
    en: str
    facts: type[Facts]
    tell: Callable[[Alert], Facts]
    reasons: tuple[Reason, ...]
    notice: Notice
    permission: Permission | None = None
    called_now: bool = False
