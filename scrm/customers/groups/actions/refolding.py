"""What groups are found by, derived anew where it is of an earlier folding."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from scrm.core import refolding
from scrm.customers.groups.actions import groups
from scrm.customers.groups.models import TEXT_VERSION, GroupChat


def _refold(_session: Session, chats: Sequence[GroupChat]) -> None:
    for chat in chats:
        for name, value in groups.texts(chat.name).items():
            setattr(chat, name, value)


QUEUE = refolding.queue("group_texts", GroupChat, TEXT_VERSION, _refold, kind="group_text", of="group")
