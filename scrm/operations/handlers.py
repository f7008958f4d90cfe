"""What operations does on events: administrators are told of an alarm."""

from scrm.core import alarms
from scrm.core.alarms import AlarmRaised
from scrm.core.db import Session
from scrm.operations import actions

# Raised by the scheduler, and here, since every process has its sentence.
AGAIN = alarms.kind(
    "work_taken_again",
    zh="有 {count} 项任务反复中断，未得到结果",
    en="{count} pieces of work break off again and again without an outcome",
    path="/tasks",
)


def alarm_raised(session: Session, event: AlarmRaised) -> None:
    actions.tell_of_alarm(session, event.alarm_id)
