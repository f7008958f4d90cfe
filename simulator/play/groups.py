"""What happens to customer groups (events of page 92130, section on groups)."""

from dataclasses import asdict

from simulator.events import Fields, tell_customer_apps
from simulator.play import Args, BadAction, Stage, verb
from simulator.world import Group, GroupMember, Json

EVENT = "change_external_chat"
INVITED, BY_QR = 0, 3  # JoinScene of the event; the detail's join_scene is another enum (1, 2, 3)


@verb
def create_group(stage: Stage, args: Args) -> Json:
    """A member makes a customer group."""
    owner = stage.staff(args.text("owner"))
    row = Group(stage.corp.new_id("wr"), args.text("name", ""), owner.userid, stage.now)
    row.members.append(GroupMember(owner.userid, 1, stage.now, 1, owner.userid, name=owner.name))
    row.members += [_member(stage, who, args) for who in args.texts("members")]
    stage.corp.put(row)
    _tell(stage, row, [("ChangeType", "create")])
    return asdict(row)


@verb
def add_group_members(stage: Stage, args: Args) -> Json:
    """People join: ``join_scene`` 0 invited, 3 by QR code."""
    row = _group(stage, args)
    present = {member.userid.lower() for member in row.members}
    new = [who for who in dict.fromkeys(args.texts("members")) if who.lower() not in present]
    if not new:
        raise BadAction("members must name somebody who is not in the group")
    stage.corp.before_group_change(row)
    before = row.version()
    row.members += [_member(stage, who, args) for who in new]
    stage.corp.put(row)
    scene = ("JoinScene", args.number("join_scene", INVITED))
    _tell_members(stage, row, "add_member", [scene, ("QuitScene", 0)], new, before)
    return asdict(row)


@verb
def remove_group_members(stage: Stage, args: Args) -> Json:
    """People leave: ``quit_scene`` 0 by themselves, 1 removed."""
    row, gone = _group(stage, args), {who.lower() for who in args.texts("members")}
    out = [member.userid for member in row.members if member.userid.lower() in gone]
    if not out or row.owner.lower() in gone:
        raise BadAction("members must name people of the group other than its owner")
    stage.corp.before_group_change(row)
    before = row.version()
    row.members = [member for member in row.members if member.userid not in out]
    row.admins = [userid for userid in row.admins if userid not in out]
    stage.corp.put(row)
    _tell_members(stage, row, "del_member", [("QuitScene", args.number("quit_scene", 0))], out, before)
    return asdict(row)


@verb
def change_group_owner(stage: Stage, args: Args) -> Json:
    """Another member becomes owner."""
    row, owner = _group(stage, args), stage.staff(args.text("owner"))
    stage.corp.before_group_change(row)
    if owner.userid not in [member.userid for member in row.members]:
        row.members.append(GroupMember(owner.userid, 1, stage.now, 1, row.owner, name=owner.name))
    row.owner, row.status = owner.userid, 0
    stage.corp.put(row)
    _tell(stage, row, [("ChangeType", "update"), ("UpdateDetail", "change_owner")])
    return asdict(row)


@verb
def update_group(stage: Stage, args: Args) -> Json:
    """The group gets another ``name`` or ``notice``."""
    row = _group(stage, args)
    stage.corp.before_group_change(row)
    changed = [name for name in ("name", "notice") if args.has(name)]
    row.name, row.notice = args.text("name", row.name), args.text("notice", row.notice)
    stage.corp.put(row)
    for name in changed:
        _tell(stage, row, [("ChangeType", "update"), ("UpdateDetail", f"change_{name}")])
    return asdict(row)


@verb
def dismiss_group(stage: Stage, args: Args) -> Json:
    """The owner dissolves the group."""
    row = _group(stage, args)
    row.dismissed = True
    stage.corp.put(row)
    _tell(stage, row, [("ChangeType", "dismiss")])
    return asdict(row)


def _group(stage: Stage, args: Args) -> Group:
    row = stage.corp.groups.get(args.text("chat_id"))
    if row is None or row.dismissed:
        raise BadAction("no such group")
    return row


def _member(stage: Stage, who: str, args: Args) -> GroupMember:
    staff = stage.corp.member(who)
    by_qr = args.number("join_scene", INVITED) == BY_QR
    state = args.text("state", "")
    if staff is not None:
        return GroupMember(staff.userid, 1, stage.now, 3 if by_qr else 1, name=staff.name, state=state)
    customer = stage.corp.customers.get(who)
    if customer is None:
        raise BadAction(f"nobody is called {who}")
    return GroupMember(who, 2, stage.now, 3 if by_qr else 1, name=customer.name, state=state)


def _tell_members(stage: Stage, row: Group, detail: str, scenes: Fields, who: list[str], before: str) -> None:
    fields: Fields = [
        ("ChangeType", "update"),
        ("UpdateDetail", detail),
        *scenes,
        ("MemChangeCnt", len(who)),
        ("MemChangeList", [("Item", one) for one in who]),
        ("LastMemVer", before),
        ("CurMemVer", row.version()),
    ]
    _tell(stage, row, fields)


def _tell(stage: Stage, row: Group, fields: Fields) -> None:
    if not stage.quiet:
        owner = stage.corp.staff.get(row.owner.lower())
        own: Fields = [("ChatId", row.chat_id), *fields]
        tell_customer_apps(stage.corp, stage.sender, EVENT, own, staff=owner, at=stage.at)
