"""What broadcasts ask of WeCom, and what they want back with the answer."""

from dataclasses import dataclass

from scrm.wecom.port.group_messages import (
    GroupMessagePage,
    GroupMessageReceipt,
    GroupMessageTaskPage,
    SendResultPage,
    UploadedMedia,
)
from scrm.wecom.replies import Reply


@dataclass(frozen=True)
class SliceContext:
    """A slice, and the how manieth call for it this is."""

    broadcast_id: int
    slice_id: int
    attempt: int


@dataclass(frozen=True)
class PollContext:
    broadcast_id: int
    slice_id: int


@dataclass(frozen=True)
class CancelContext:
    """A task that is taken back; without a slice it came of a call that had been given up."""

    broadcast_id: int
    slice_id: int | None


@dataclass(frozen=True)
class ReminderContext:
    slice_id: int


@dataclass(frozen=True)
class PictureContext:
    media_id: int
    broadcast_id: int


@dataclass(frozen=True)
class ListingContext:
    """A listing of a broadcast by the moment it was begun; ``msgid`` is the message that is looked at, if one is."""

    broadcast_id: int
    begun: str
    msgid: str = ""


@dataclass(frozen=True, kw_only=True)
class SendersContext(ListingContext):
    """``senders`` are those that earlier pages told."""

    senders: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CustomersContext(ListingContext):
    userid: str


SLICE_ANSWERED = Reply[GroupMessageReceipt, SliceContext]("marketing.slice_answered", SliceContext)
MEDIA_UPLOADED = Reply[UploadedMedia, PictureContext]("marketing.media_uploaded", PictureContext)
MESSAGES_LISTED = Reply[GroupMessagePage, ListingContext]("marketing.reconcile_list", ListingContext)
SENDERS_TOLD = Reply[GroupMessageTaskPage, SendersContext]("marketing.reconcile_task", SendersContext)
CUSTOMERS_TOLD = Reply[SendResultPage, CustomersContext]("marketing.reconcile_result", CustomersContext)
TASK_POLLED = Reply[GroupMessageTaskPage, PollContext]("marketing.task_polled", PollContext)
RESULTS_POLLED = Reply[SendResultPage, PollContext]("marketing.results_polled", PollContext)
CANCEL_ANSWERED = Reply[None, CancelContext]("marketing.cancel_answered", CancelContext)
REMIND_ANSWERED = Reply[None, ReminderContext]("marketing.remind_answered", ReminderContext)
