"""What the admin does to the address book (events of pages 90970 and 90971, reduced mode unless the corp says full)."""

from dataclasses import asdict

from simulator.events import Fields, tell_app, tell_contact_sync
from simulator.names import staff_name
from simulator.play import Args, BadAction, Stage, verb
from simulator.visibility import visible
from simulator.world import ACTIVE, DISABLED, LEFT, Department, Json, Staff


@verb
def hire(stage: Stage, args: Args) -> Json:
    """A member joins a department; the userid of one who left is free again."""
    name = args.text("name", "") or staff_name(stage.corp.random)
    departments = args.numbers("departments") or [args.number("department", 1)]
    _check_departments(stage, departments)
    userid = args.text("userid", "") or stage.corp.new_id("Staff", 8)
    if stage.corp.member(userid) is not None:
        raise BadAction(f"the userid {userid} is taken")
    row = Staff(userid, name, departments, position=args.text("position", ""))
    stage.corp.put(row)
    fields: Fields = [("ChangeType", "create_user"), ("UserID", userid), ("Department", _joined(departments))]
    full: Fields = [("Name", name), ("MainDepartment", departments[0]), ("Status", row.status)]
    _tell(stage, [*fields, *(full if stage.corp.habits.full_contact_events else [])])
    _tell_apps(stage, row, "subscribe")
    return asdict(row)


@verb
def resign(stage: Stage, args: Args) -> Json:
    """A member leaves the corp: calls about them answer 60111; their customers wait to be assigned."""
    row = stage.staff(args.text("userid"))
    _tell_apps(stage, row, "unsubscribe")
    row.status, row.left_at = LEFT, int(stage.corp.now()) if stage.at is None else stage.at
    stage.corp.put(row)
    for group in stage.corp.groups.values():
        if group.owner.lower() == row.userid.lower():
            group.status = 1
            stage.corp.put(group)
    _tell(stage, [("ChangeType", "delete_user"), ("UserID", row.userid)])
    return asdict(row)


@verb
def disable_staff(stage: Stage, args: Args) -> Json:
    """A member is disabled, or with ``enable`` enabled again; reduced mode tells nobody."""
    row = stage.staff(args.text("userid"))
    row.status = ACTIVE if args.flag("enable", False) else DISABLED
    stage.corp.put(row)
    return asdict(row)


@verb
def move_department(stage: Stage, args: Args) -> Json:
    """A member changes departments."""
    row = stage.staff(args.text("userid"))
    departments = args.numbers("departments") or [args.number("department")]
    _check_departments(stage, departments)
    row.department, row.leads = departments, [id_ for id_ in row.leads if id_ in departments]
    stage.corp.put(row)
    _tell_user_updated(stage, row)
    return asdict(row)


@verb
def set_leader(stage: Stage, args: Args) -> Json:
    """A member becomes, or stops being, head of one of their departments."""
    row, department = stage.staff(args.text("userid")), args.number("department")
    if department not in row.department:
        raise BadAction(f"{row.userid} is not in department {department}")
    row.leads = [id_ for id_ in row.leads if id_ != department]
    if args.flag("leader", True):
        row.leads.append(department)
    stage.corp.put(row)
    _tell_user_updated(stage, row)
    return asdict(row)


@verb
def set_direct_leader(stage: Stage, args: Args) -> Json:
    """A member gets another direct leader; reduced mode tells nobody."""
    row = stage.staff(args.text("userid"))
    row.direct_leader = [stage.staff(args.text("leader")).userid] if args.text("leader", "") else []
    stage.corp.put(row)
    return asdict(row)


@verb
def rename_staff(stage: Stage, args: Args) -> Json:
    """A member is renamed; reduced mode tells nobody, so a reader finds out by pulling."""
    row = stage.staff(args.text("userid"))
    row.name = args.text("name")
    stage.corp.put(row)
    if stage.corp.habits.full_contact_events:
        _tell(stage, [("ChangeType", "update_user"), ("UserID", row.userid), ("Name", row.name)])
    return asdict(row)


@verb
def change_userid(stage: Stage, args: Args) -> Json:
    """A member gets another userid; relations and groups follow, and the event names the old and the new one."""
    row, new = stage.staff(args.text("userid")), args.text("new_userid")
    if new.lower() in stage.corp.staff:
        raise BadAction(f"the userid {new} is taken")
    old = row.userid
    follows = stage.corp.relations_of(old)
    stage.corp.drop(row)
    row.userid = new
    stage.corp.put(row)
    for follow in follows:
        stage.corp.drop(follow)
        follow.userid = new
        stage.corp.put(follow)
    for other in stage.corp.staff.values():
        if old in other.direct_leader:
            other.direct_leader = [new if leader == old else leader for leader in other.direct_leader]
            stage.corp.put(other)
    for group in stage.corp.groups.values():
        members = [member for member in group.members if member.userid == old]
        if members or group.owner == old:
            group.owner = new if group.owner == old else group.owner
            for member in members:
                member.userid = new
            stage.corp.put(group)
    departments = _joined(row.department)
    fields = [("ChangeType", "update_user"), ("UserID", old), ("NewUserID", new), ("Department", departments)]
    _tell(stage, fields)
    return asdict(row)


@verb
def create_department(stage: Stage, args: Args) -> Json:
    """A department is made below another."""
    parent = args.number("parentid", 1)
    _check_departments(stage, [parent])
    name = args.text("name")
    if len(name) > 32:
        raise BadAction("a department's name has at most 32 characters")
    row = Department(max(stage.corp.departments) + 1, name, parent, args.number("order", 0))
    stage.corp.put(row)
    fields: list[tuple[str, str | int]] = [("ChangeType", "create_party"), ("Id", row.id), ("ParentId", parent)]
    _tell(stage, [*fields, *([("Name", name)] if stage.corp.habits.full_contact_events else [])])
    return asdict(row)


@verb
def update_department(stage: Stage, args: Args) -> Json:
    """A department is renamed or moved; in reduced mode only the move is told."""
    row = _department(stage, args)
    row.name = args.text("name", row.name)
    moved = args.number("parentid", row.parentid)
    if moved != row.parentid and (moved not in stage.corp.departments or moved in stage.corp.subtree(row.id)):
        raise BadAction(f"cannot move below {moved}")
    told = moved != row.parentid or stage.corp.habits.full_contact_events
    row.parentid = moved
    stage.corp.put(row)
    if told:
        _tell(stage, [("ChangeType", "update_party"), ("Id", row.id), ("ParentId", row.parentid)])
    return asdict(row)


@verb
def delete_department(stage: Stage, args: Args) -> Json:
    """An empty department is deleted."""
    row = _department(stage, args)
    members = any(row.id in s.department for s in stage.corp.staff.values() if s.status != LEFT)
    if row.id == 1 or members or len(stage.corp.subtree(row.id)) > 1:
        raise BadAction("only an empty department other than the root can be deleted")
    stage.corp.drop(row)
    _tell(stage, [("ChangeType", "delete_party"), ("Id", row.id)])
    return asdict(row)


@verb
def enter_app(stage: Stage, args: Args) -> Json:
    """A member opens an app."""
    row, app = stage.staff(args.text("userid")), stage.app(args.text("app"))
    if not stage.quiet:
        tell_app(stage.corp, stage.sender, app, "enter_agent", row.userid)
    return {"userid": row.userid, "app": app.key}


def _department(stage: Stage, args: Args) -> Department:
    id_ = args.number("id")
    _check_departments(stage, [id_])
    return stage.corp.departments[id_]


def _check_departments(stage: Stage, ids: list[int]) -> None:
    for id_ in ids:
        if id_ not in stage.corp.departments:
            raise BadAction(f"no department {id_}")


def _joined(ids: list[int]) -> str:
    return ",".join(str(id_) for id_ in ids)


def _tell_user_updated(stage: Stage, row: Staff) -> None:
    _tell(stage, [("ChangeType", "update_user"), ("UserID", row.userid), ("Department", _joined(row.department))])


def _tell(stage: Stage, fields: Fields) -> None:
    if not stage.quiet:
        tell_contact_sync(stage.corp, stage.sender, fields)


def _tell_apps(stage: Stage, row: Staff, event: str) -> None:
    for app in stage.corp.apps.values():
        if not stage.quiet and app.kind == "app" and visible(stage.corp, app).sees(row):
            tell_app(stage.corp, stage.sender, app, event, row.userid)
