"""What operations does on events: administrators are told of an alarm."""

from scrm.core.alarms import AlarmRaised
from scrm.core.db import Session
from scrm.operations import actions


def alarm_raised(session: Session, event: AlarmRaised) -> None:
    actions.tell_of_alarm(session, event.alarm_id)
