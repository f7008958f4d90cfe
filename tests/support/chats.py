"""People who chat in the simulator, and a pull of what they said."""

import base64
from typing import Any

from sqlalchemy import update

from scrm.core import clock
from scrm.core.db import transaction
from scrm.wecom.archive.models import ArchiveCursor
from tests.support.service import TestCorp
from tests.support.simulated import Json


def say(corp: TestCorp, sender: str, receiver: str, content: str = "", **values: Any) -> Json:
    """One message; ``receiver`` is a person, or a group if it begins with wr."""
    place = {"chat_id": receiver} if receiver.startswith("wr") else {"receiver": receiver}
    return corp.act("send_message", sender=sender, content=content, **place, **values)


def told(corp: TestCorp, message: Json, **values: Any) -> str:
    """The archive holds this message as it is; its msgid."""
    corp.act("archive_message", message=message, **values)
    msgid: str = message["msgid"]
    return msgid


def raw_row(corp: TestCorp, raw: bytes) -> None:
    """The archive gives this row in its next page; ``{seq}`` in it becomes its seq."""
    corp.act("archive_row", raw=base64.b64encode(raw).decode())


def pull(corp: TestCorp) -> None:
    """Look now, whatever was planned, and carry out all that follows."""
    with transaction(corp.number) as session:
        session.execute(update(ArchiveCursor).values(due_at=clock.now()))
    corp.drain()
