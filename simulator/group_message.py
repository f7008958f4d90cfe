"""Records of mass messages (企业群发): the message, the task of each sender, what became of each customer."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

WAITING, SENT = 0, 2  # status of a task (page 93338)
UNSENT, DELIVERED, NOT_A_FRIEND, OVER_QUOTA = 0, 1, 2, 3  # status of a customer (page 93338)


@dataclass(slots=True)
class GroupTask:
    """What one member has to confirm; ``results`` maps a customer to a status other than 0."""

    userid: str
    customers: list[str]
    status: int = WAITING
    send_time: int = 0
    ignored: bool = False
    results: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class GroupMessage:
    """One mass message; ``creator`` is empty when the API made it."""

    KIND: ClassVar[str] = "group_message"

    msgid: str
    create_time: float
    text: str
    attachments: list[dict[str, Any]]
    tasks: list[GroupTask]
    fail_list: list[str] = field(default_factory=list)
    app: str = ""
    creator: str = ""
    create_type: int = 0  # 0 corp, 1 personal
    allow_select: bool = False
    cancelled: bool = False
    reminders: list[float] = field(default_factory=list)

    @property
    def row_key(self) -> str:
        return self.msgid

    def task_of(self, userid: str) -> GroupTask | None:
        return next((task for task in self.tasks if task.userid.lower() == userid.lower()), None)
