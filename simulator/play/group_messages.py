"""What members do with mass messages: confirm them, let them lie, send their own."""

import time

from simulator.group_message import WAITING, GroupMessage, GroupTask
from simulator.group_messages import deliver, shown
from simulator.play import Args, BadAction, Stage, verb
from simulator.world import Json


@verb
def confirm_group_message(stage: Stage, args: Args) -> Json:
    """A member sends what a mass-message task asks for; ``only`` picks customers where the message lets them."""
    message, task = _task(stage, args)
    _confirm(stage, message, task, args.texts("only"))
    stage.corp.put(message)
    return shown(stage.corp, message, recipients=False)


@verb
def ignore_group_message(stage: Stage, args: Args) -> Json:
    """A member puts a mass-message task aside: it stays unsent."""
    message, task = _task(stage, args)
    task.ignored = True
    stage.corp.put(message)
    return shown(stage.corp, message, recipients=False)


@verb
def confirm_group_messages(stage: Stage, args: Args) -> Json:
    """Every member sends every open task; of ``msgid`` alone, if named."""
    msgid = args.text("msgid", "")
    confirmed = 0
    for message in stage.corp.group_messages.values():
        if message.cancelled or msgid not in ("", message.msgid):
            continue
        waiting = [task for task in message.tasks if task.status == WAITING and not task.ignored]
        for task in waiting:
            _confirm(stage, message, task, [])
        if waiting:
            stage.corp.put(message)
        confirmed += len(waiting)
    return {"confirmed": confirmed}


@verb
def send_group_message(stage: Stage, args: Args) -> Json:
    """A member sends a mass message of their own: it counts against the customers' quota."""
    staff = stage.staff(args.text("userid"))
    known = [row.external_userid for row in stage.corp.relations_of(staff.userid) if not row.half]
    customers = args.texts("customers") or known
    if not customers or not set(customers) <= set(known):
        raise BadAction("customers must be contacts of the member")
    task = GroupTask(staff.userid, customers)
    message = GroupMessage(stage.corp.new_id("msg"), time.time(), args.text("text"), [], [task])
    message.creator, message.create_type = staff.userid, 1
    deliver(stage.corp, task, customers, stage.now)
    stage.corp.put(message)
    return shown(stage.corp, message, recipients=False)


def _confirm(stage: Stage, message: GroupMessage, task: GroupTask, only: list[str]) -> None:
    if only and not message.allow_select:
        raise BadAction("this message does not let members choose customers")
    deliver(stage.corp, task, [who for who in task.customers if not only or who in only], stage.now)


def _task(stage: Stage, args: Args) -> tuple[GroupMessage, GroupTask]:
    message = stage.corp.group_messages.get(args.text("msgid"))
    if message is None:
        raise BadAction("no such mass message")
    if message.cancelled:
        raise BadAction("the mass message was cancelled")
    task = message.task_of(args.text("userid"))
    if task is None or task.status != WAITING:
        raise BadAction("this member has no open task of this message")
    return message, task
