"""How a full sync goes on."""

from dataclasses import dataclass
from typing import ClassVar

from scrm.core.doorbell import Lane
from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class SyncStepDue(Event):
    """The step ``step`` of the sync ``run_id`` may begin: the steps before it are done."""

    lane: ClassVar[Lane] = Lane.BULK

    run_id: int
    step: str

    @property
    def subject(self) -> str:
        return f"sync:{self.run_id}"


@dataclass(frozen=True, kw_only=True)
class SyncEnded(Event):
    """The sync ``run_id`` is over: every step is done, or one has failed and what the steps before it read holds.

    A failed sync may be resumed, and ends once more then.
    """

    lane: ClassVar[Lane] = Lane.BULK

    run_id: int

    @property
    def subject(self) -> str:
        return f"sync:{self.run_id}"
