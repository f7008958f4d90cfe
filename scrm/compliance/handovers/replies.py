"""What handovers ask of WeCom, and what they want back with the answer."""

import datetime as dt
from dataclasses import dataclass

from scrm.wecom.port.contacts import GroupChatPage
from scrm.wecom.port.messages import AppMessageReceipt
from scrm.wecom.port.transfers import ItemAnswer, TransferResultPage, UnassignedPage
from scrm.wecom.replies import Reply


@dataclass(frozen=True)
class SliceContext:
    handover_id: int
    slice_id: int


@dataclass(frozen=True, kw_only=True)
class ReadingContext:
    """Which reading a page belongs to, see `scrm.compliance.handovers.actions.slices.Reading`."""

    began: dt.datetime | None = None
    attempt: int | None = None
    whole: bool = True


@dataclass(frozen=True, kw_only=True)
class ResultsContext(ReadingContext):
    """A page of results of one pair of members; ``slice_id`` is the slice in doubt that it is read for."""

    handover_id: int
    takeover_id: int
    resigned: bool
    slice_id: int | None


@dataclass(frozen=True, kw_only=True)
class GroupsContext(ReadingContext):
    """A page of the former owner's groups; ``seen`` are those of the pages before."""

    handover_id: int
    slice_id: int
    seen: tuple[str, ...]


@dataclass(frozen=True)
class UnassignedContext:
    """A page of WeCom's list; ``began`` is none for the first."""

    began: dt.datetime | None
    whole: bool = True


@dataclass(frozen=True)
class NoticeContext:
    handover_id: int
    step: int
    userids: tuple[str, ...]


SLICE_ANSWERED = Reply[list[ItemAnswer], SliceContext]("compliance.slice_answered", SliceContext)
RESULTS_LISTED = Reply[TransferResultPage, ResultsContext]("compliance.results_listed", ResultsContext)
GROUPS_LISTED = Reply[GroupChatPage, GroupsContext]("compliance.handover_groups_listed", GroupsContext)
UNASSIGNED_LISTED = Reply[UnassignedPage, UnassignedContext]("compliance.unassigned_listed", UnassignedContext)
NOTICE_ANSWERED = Reply[AppMessageReceipt, NoticeContext]("compliance.handover_notice_answered", NoticeContext)
