"""What no drain sees: rows whose workers are no more, rows taken up again and again, syncs that stand still."""

from scrm.core import alarms
from scrm.core.db import transaction
from scrm.core.queue import in_hand, registry
from scrm.core.queue.rows import Condition
from scrm.operations.handlers import AGAIN
from scrm.wecom import sync


def questions(_corp: int) -> dict[str, Condition]:
    """What there may be for `look_after`: of most corps nothing, most of the time."""
    unsettled = {queue.name: queue.unsettled() for queue in registry.QUEUES}
    asked = {name: condition for name, condition in unsettled.items() if condition is not None}
    others = {"in_hand": in_hand.left_behind(), "alarm": alarms.is_raised(AGAIN), "sync": sync.is_stalled()}
    return asked | others


def look_after(corp: int) -> None:
    """Every queue of a corp, if any of the `questions` is answered with yes; they are asked every two seconds."""
    with transaction(corp) as session:
        again = sum(queue.look_after(session) for queue in registry.QUEUES) + in_hand.taken_again(session)
        if again:
            alarms.raise_alarm(session, AGAIN, count=again)
        else:
            alarms.clear(session, AGAIN)
        sync.end_stalled(session)
