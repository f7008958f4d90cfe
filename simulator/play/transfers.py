"""What happens to customers and groups on their way from one member to another."""

from random import Random

from simulator.names import nickname
from simulator.play import Args, BadAction, Stage, verb
from simulator.takeovers import DONE, FULL, REFUSED, Transfer, book, finish, settle, shown
from simulator.world import Customer, Follow, Json

_MOST = 200_000


@verb
def accept_transfer(stage: Stage, args: Args) -> Json:
    """The customer writes to the new member: the transfer is complete before its day is over."""
    return _finish(stage, args, DONE)


@verb
def refuse_transfer(stage: Stage, args: Args) -> Json:
    """The customer refuses the new member and stays unassigned."""
    return _finish(stage, args, REFUSED)


@verb
def fill_transfer(stage: Stage, args: Args) -> Json:
    """The new member turns out to have all the customers allowed."""
    return _finish(stage, args, FULL)


@verb
def decide_transfers(stage: Stage, args: Args) -> Json:
    """All waiting customers decide: of a hundred, ``refuse`` refuse, ``full`` meet a full member, the rest accept."""
    settle(stage.corp, stage.sender)
    refuse, full = args.number("refuse", 0), args.number("full", 0)
    handover, takeover = args.text("handover", "").lower(), args.text("takeover", "").lower()
    dice = Random(args.number("seed", 1))
    counts = {"done": 0, "refused": 0, "full": 0}
    waiting = sorted(book(stage.corp).waiting.values(), key=lambda row: row.number)
    for row in waiting:
        if handover in ("", row.handover.lower()) and takeover in ("", row.takeover.lower()):
            drawn = dice.randrange(100)
            status = REFUSED if drawn < refuse else FULL if drawn < refuse + full else DONE
            finish(stage.corp, stage.sender, row, status, quiet=stage.quiet)
            counts[str(shown(stage.corp, row)["status"])] += 1
    return counts


@verb
def pass_time(stage: Stage, args: Args) -> Json:
    """The corp's clock goes ahead by so many ``seconds``; what has waited its day completes."""
    seconds = args.number("seconds")
    if not 0 <= seconds <= 400 * 86_400:
        raise BadAction("seconds must be 0 to 400 days")
    stage.corp.habits.ahead_seconds += seconds
    return {"ahead_seconds": stage.corp.habits.ahead_seconds, "completed": settle(stage.corp, stage.sender)}


@verb
def limit_customers(stage: Stage, args: Args) -> Json:
    """A member may have no more than ``limit`` customers; 0 lifts it."""
    row = stage.staff(args.text("userid"))
    row.customer_limit = args.number("limit")
    stage.corp.put(row)
    return {"userid": row.userid, "customer_limit": row.customer_limit}


@verb
def gain_customers(stage: Stage, args: Args) -> Json:
    """A member has won ``count`` customers at once, of whom no callback tells."""
    staff, count = stage.staff(args.text("userid")), args.number("count")
    if not 1 <= count <= _MOST:
        raise BadAction(f"count must be 1 to {_MOST}")
    made = []
    for _ in range(count):
        customer = Customer(stage.corp.new_id("wm"), nickname(stage.corp.random))
        stage.corp.put(customer)
        stage.corp.put(Follow(staff.userid, customer.external_userid, stage.now, add_way=1, chatting=True))
        made.append(customer.external_userid)
    return {"userid": staff.userid, "external_userids": made}


@verb
def lose_customer(stage: Stage, args: Args) -> Json:
    """A customer of a member who has left is gone: assigned in the admin console, or never seen again."""
    row = stage.corp.relation(args.text("userid"), args.text("external_userid"))
    if row is None:
        raise BadAction("there is no such relation")
    stage.corp.drop(row)
    return {"userid": row.userid, "external_userid": row.external_userid}


def _finish(stage: Stage, args: Args, status: int) -> Json:
    row = _waiting(stage, args)
    finish(stage.corp, stage.sender, row, status, quiet=stage.quiet)
    return shown(stage.corp, row)


def _waiting(stage: Stage, args: Args) -> Transfer:
    settle(stage.corp, stage.sender)
    wanted, handover = args.text("external_userid"), args.text("handover", "").lower()
    for (userid, external_userid), row in book(stage.corp).waiting.items():
        if external_userid == wanted and handover in ("", userid):
            return row
    raise BadAction(f"{wanted} is not being transferred")
