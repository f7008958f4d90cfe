"""What happens to customer groups (events of page 92130, section on groups)."""

from dataclasses import asdict

from simulator import group_history
from simulator.events import Fields, tell_customer_apps
from simulator.play import Args, BadAction, Stage, verb
from simulator.world import Group, GroupMember, Json

EVENT = "change_external_chat"
INVITED, BY_QR = 0, 3  # JoinScene of the event; the detail's join_scene is another enum (1, 2, 3)
DIRECTLY, BY_LINK = 1, 2


@verb
def create_group(stage: Stage, args: Args) -> Json:
    """A member makes a customer group."""
    owner = stage.staff(args.text("owner"))
    row = Group(stage.corp.new_id("wr"), args.text("name", ""), owner.userid, stage.now)
    row.members.append(GroupMember(owner.userid, 1, stage.now, 1, owner.userid, name=owner.name))
    row.members += [_member(stage, who, args) for who in args.texts("members")]
    stage.corp.put(row)
    group_history.note(stage.corp, row, "created", stage.now)
    _tell(stage, row, [("ChangeType", "create")])
    return asdict(row)


@verb
def add_group_members(stage: Stage, args: Args) -> Json:
    """People join: ``join_scene`` 0 invited (``by_link``: true for a link, ``invitor`` a userid), 3 by QR code."""
    row = _group(stage, args)
    present = {member.userid.lower() for member in row.members}
    new = [who for who in dict.fromkeys(args.texts("members")) if who.lower() not in present]
    if not new:
        raise BadAction("members must name somebody who is not in the group")
    came = [_member(stage, who, args) for who in new]
    stage.corp.before_group_change(row)
    before = row.version()
    row.members += came
    stage.corp.put(row)
    for member in came:
        group_history.note_join(stage.corp, row, member, stage.now)
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
    scene = args.number("quit_scene", 0)
    if scene not in (0, 1):
        raise BadAction("quit_scene must be 0 or 1")
    stage.corp.before_group_change(row)
    before = row.version()
    row.members = [member for member in row.members if member.userid not in out]
    for userid in out:
        group_history.note(stage.corp, row, "member_left", stage.now, userid=userid, quit_scene=scene)
    _administer(stage, row, [userid for userid in row.admins if userid not in out])
    stage.corp.put(row)
    _tell_members(stage, row, "del_member", [("QuitScene", scene)], out, before)
    return asdict(row)


@verb
def change_group_owner(stage: Stage, args: Args) -> Json:
    """Another member becomes owner."""
    row, owner = _group(stage, args), stage.staff(args.text("owner"))
    stage.corp.before_group_change(row)
    if owner.userid not in [member.userid for member in row.members]:
        row.members.append(GroupMember(owner.userid, 1, stage.now, 1, row.owner, name=owner.name))
        group_history.note_join(stage.corp, row, row.members[-1], stage.now)
    group_history.note_value(stage.corp, row, "owner_changed", stage.now, before=row.owner, after=owner.userid)
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
    for name, kind in (("name", "renamed"), ("notice", "notice_changed")):
        was = getattr(row, name)
        setattr(row, name, args.text(name, was))
        group_history.note_value(stage.corp, row, kind, stage.now, before=was, after=getattr(row, name))
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
    group_history.note(stage.corp, row, "dismissed", stage.now)
    _tell(stage, row, [("ChangeType", "dismiss")])
    return asdict(row)


@verb
def set_group_admins(stage: Stage, args: Args) -> Json:
    """The owner names ``admins`` among the members; no event tells of it (page 92130)."""
    row = _group(stage, args)
    admins = list(dict.fromkeys(args.texts("admins")))
    if not set(admins) <= {member.userid for member in row.members if member.type == 1} - {row.owner}:
        raise BadAction("admins must be members of the corp who are in the group, other than its owner")
    stage.corp.before_group_change(row)
    _administer(stage, row, admins)
    stage.corp.put(row)
    return asdict(row)


@verb
def hide_group(stage: Stage, args: Args) -> Json:
    """WeCom knows the group no more (40050) and lists it nowhere; with ``shown`` it is back. No event tells of it."""
    row = stage.corp.groups.get(args.text("chat_id"))
    if row is None or row.dismissed:
        raise BadAction("no such group")
    row.hidden = not args.flag("shown", False)
    stage.corp.put(row)
    group_history.note(stage.corp, row, "vanished" if row.hidden else "came_back", stage.now)
    return asdict(row)


def _group(stage: Stage, args: Args) -> Group:
    row = stage.corp.groups.get(args.text("chat_id"))
    if row is None or row.dismissed or row.hidden:
        raise BadAction("no such group")
    return row


def _administer(stage: Stage, row: Group, admins: list[str]) -> None:
    changes = [("admin_added", one) for one in admins if one not in row.admins]
    changes += [("admin_removed", one) for one in row.admins if one not in admins]
    for kind, userid in changes:
        group_history.note(stage.corp, row, kind, stage.now, userid=userid)
    row.admins = admins


def _member(stage: Stage, who: str, args: Args) -> GroupMember:
    staff = stage.corp.member(who)
    told = args.number("join_scene", INVITED)
    if told not in (INVITED, BY_QR):
        raise BadAction("join_scene must be 0 or 3")
    invited = BY_LINK if args.flag("by_link", False) else DIRECTLY
    scene = BY_QR if told == BY_QR else invited
    state, invitor = args.text("state", ""), args.text("invitor", "")
    if staff is not None:
        return GroupMember(staff.userid, 1, stage.now, scene, invitor, name=staff.name, state=state)
    customer = stage.corp.customers.get(who)
    if customer is None:
        raise BadAction(f"nobody is called {who}")
    return GroupMember(who, 2, stage.now, scene, invitor, name=customer.name, state=state)


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
        tell_customer_apps(stage.corp, stage.sender, EVENT, own, staff=owner, at=stage.now)
