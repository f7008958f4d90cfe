"""Handing customers and groups over (继承): of employed members, and of members who have left.

WeCom answers per item, so a call that is accepted may have failed for some; and a transfer that is accepted has only
begun: the customer may refuse for 24 hours.
"""

from dataclasses import dataclass
from typing import Protocol

from scrm.wecom.port.method import wecom_method

PER_CALL = 100  # customers or groups of one call (pages 92125, 94081, 92127, 95703)
GROUPS_PER_DAY = 300  # of one owner to new owners (pages 92127, 95703)
WINDOW_DAYS, WINDOW_TRANSFERS = 90, 2  # of one customer or group between employed members (pages 92125, 95703)
MESSAGE_LENGTH = 200  # characters of transfer_success_msg (page 92125)


@dataclass(frozen=True, kw_only=True)
class ItemAnswer:
    """One item's errcode: 0 is begun for a customer; for a group nothing but a failure is named."""

    id: str
    errcode: int


@dataclass(frozen=True, kw_only=True)
class TransferResult:
    """``status`` 1 done, 2 waiting, 3 refused by the customer, 4 the successor is full (pages 94088, 94082).

    ``takeover_time``: when it was done, or will be by itself; 0 otherwise.
    """

    external_userid: str
    status: int
    takeover_time: int


@dataclass(frozen=True, kw_only=True)
class TransferResultPage:
    items: list[TransferResult]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class UnassignedCustomer:
    """A customer whose member has left and who waits for another; ``dimission_time`` is when the member left."""

    handover_userid: str
    external_userid: str
    dimission_time: int


@dataclass(frozen=True, kw_only=True)
class UnassignedPage:
    items: list[UnassignedCustomer]
    next_cursor: str


class Transfers(Protocol):
    """Handing over, and what became of it."""

    @wecom_method("transfers", mutating=True)
    def transfer_customers(
        self, *, handover_userid: str, takeover_userid: str, external_userids: list[str], message: str
    ) -> list[ItemAnswer]:
        """transfer_customer (page 92125), of an employed member: at most 100, ``message`` up to 200 characters.

        Items: 40096, 40098 to 40100, 40128 to 40131, 40143, 40205.
        """
        ...

    @wecom_method("transfers")
    def list_results(self, *, handover_userid: str, takeover_userid: str, cursor: str) -> TransferResultPage:
        """transfer_result (page 94088): of one pair of members, at most 1,000 a page."""
        ...

    @wecom_method("transfers")
    def list_unassigned(self, *, cursor: str) -> UnassignedPage:
        """get_unassigned_list (page 92124): every customer of members who left, 1,000 a page."""
        ...

    @wecom_method("transfers", mutating=True)
    def transfer_resigned_customers(
        self, *, handover_userid: str, takeover_userid: str, external_userids: list[str]
    ) -> list[ItemAnswer]:
        """resigned/transfer_customer (page 94081): at most 100; 40097 if the member has not left.

        Two calls at once for one member are refused (45035).
        """
        ...

    @wecom_method("transfers")
    def list_resigned_results(self, *, handover_userid: str, takeover_userid: str, cursor: str) -> TransferResultPage:
        """resigned/transfer_result (page 94082): like ``list_results``."""
        ...

    @wecom_method("transfers", mutating=True)
    def transfer_groups(self, *, chat_ids: list[str], new_owner: str) -> list[ItemAnswer]:
        """groupchat/onjob_transfer (page 95703): at most 100, 300 a day of one owner; at once; the failures alone."""
        ...

    @wecom_method("transfers", mutating=True)
    def transfer_resigned_groups(self, *, chat_ids: list[str], new_owner: str) -> list[ItemAnswer]:
        """groupchat/transfer (page 92127): as ``transfer_groups``, of an owner who has left."""
        ...
