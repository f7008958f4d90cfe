"""What happens between staff and customers (events of page 92130)."""

from collections.abc import Iterable
from dataclasses import asdict

from simulator.events import Fields as EventFields
from simulator.events import customer_apps, tell_customer_apps
from simulator.names import nickname
from simulator.play import Args, BadAction, Stage, verb
from simulator.welcome import Grant, grant
from simulator.world import WECHAT, WECOM, App, Customer, Follow, Json, Staff

EVENT = "change_external_contact"


@verb
def add_contact(stage: Stage, args: Args) -> Json:
    """A customer and a member become contacts; with ``half`` the member has yet to confirm."""
    staff = stage.staff(args.text("userid"))
    if not staff.customer_contact:
        raise BadAction(f"{staff.userid} has no customer contact")
    customer = _customer(stage, args)
    half = args.flag("half", False)
    known = stage.corp.relation(staff.userid, customer.external_userid)
    if known is not None and not known.left and (half or not known.half):
        raise BadAction("they are contacts already")
    initiator = args.text("initiator", "customer")
    row = known or Follow(staff.userid, customer.external_userid, stage.now)
    row.createtime, row.half, row.left, row.chatting = stage.now, half, False, False
    row.state = args.text("state", row.state)
    row.add_way = args.number("add_way", 16 if row.state else 1)
    row.remark = args.text("remark", row.remark)
    row.oper_userid = staff.userid if initiator == "staff" else customer.external_userid
    stage.corp.put(row)
    kind = "add_half_external_contact" if half else "add_external_contact"
    codes = _tell_added(stage, staff, row, kind, welcome=args.flag("welcome", True))
    return {**_shown(stage, row), "welcome_codes": codes}


@verb
def confirm_half(stage: Stage, args: Args) -> Json:
    """The member confirms a customer who had added them."""
    row = stage.relation(args)
    if not row.half:
        raise BadAction("there is nothing to confirm")
    row.half = False
    stage.corp.put(row)
    codes = _tell_added(stage, stage.staff(row.userid), row, "add_external_contact", welcome=not row.chatting)
    return {**_shown(stage, row), "welcome_codes": codes}


@verb
def edit_contact(stage: Stage, args: Args) -> Json:
    """The member changes remark, mobiles, description or tags of a customer in the client."""
    row = stage.relation(args)
    if row.half:
        raise BadAction("not confirmed yet")
    row.remark = args.text("remark", row.remark)
    row.description = args.text("description", row.description)
    if args.has("remark_mobiles"):
        row.remark_mobiles = args.texts("remark_mobiles")
    if args.has("personal_tags"):
        row.personal_tags = args.texts("personal_tags")
    gone = {_tag_id(stage, tag) for tag in args.texts("remove_tags")}
    kept = [tag for tag in row.tags if tag not in gone]
    new = [_tag_id(stage, tag) for tag in args.texts("add_tags")]
    row.tags = kept + [tag for tag in dict.fromkeys(new) if tag not in kept]
    stage.corp.put(row)
    _tell(stage, row, "edit_external_contact")
    return _shown(stage, row)


@verb
def delete_contact(stage: Stage, args: Args) -> Json:
    """The member deletes the customer; ``source`` DELETE_BY_TRANSFER marks a hand-over."""
    row = stage.relation(args)
    stage.corp.drop(row)
    source = args.text("source", "")
    _tell(stage, row, "del_external_contact", [("Source", source)] if source else [])
    return _shown(stage, row)


@verb
def customer_deletes(stage: Stage, args: Args) -> Json:
    """The customer deletes the member: the relation stays one-way and the APIs go on working."""
    row = stage.relation(args)
    if row.left:
        raise BadAction("the customer has deleted this member already")
    if row.half:
        stage.corp.drop(row)
    else:
        row.left, row.chatting = True, False
        stage.corp.put(row)
    _tell(stage, row, "del_follow_user")
    return _shown(stage, row)


@verb
def start_chat(stage: Stage, args: Args) -> Json:
    """The two sides chat: later adds carry no WelcomeCode and a pending code is refused with 41051."""
    row = stage.relation(args)
    row.chatting = True
    stage.corp.put(row)
    grants: Iterable[Grant] = stage.corp.room.get("grants", ())
    for given in grants:
        if (given.userid, given.external_userid) == (row.userid, row.external_userid):
            given.delivered = True
    return _shown(stage, row)


@verb
def expire_welcome(stage: Stage, args: Args) -> Json:
    """Twenty seconds pass for every outstanding WelcomeCode (of one customer, if named)."""
    whom = args.text("external_userid", "")
    grants: Iterable[Grant] = stage.corp.room.get("grants", ())
    hit = [row for row in grants if not row.delivered and whom in ("", row.external_userid)]
    for row in hit:
        row.issued_at = 0.0
    return {"expired": len(hit)}


@verb
def transfer_fail(stage: Stage, args: Args) -> Json:
    """Tell that ``userid`` could not take a customer over."""
    staff = stage.staff(args.text("userid"))
    reason = args.text("reason", "customer_refused")
    row = Follow(staff.userid, args.text("external_userid"), stage.now)
    _tell(stage, row, "transfer_fail", [("FailReason", reason)])
    return {"userid": row.userid, "external_userid": row.external_userid, "reason": reason}


def _customer(stage: Stage, args: Args) -> Customer:
    external_userid = args.text("external_userid", "")
    if external_userid in stage.corp.customers:
        return stage.corp.customers[external_userid]
    kind = args.number("type", WECHAT)
    if kind not in (WECHAT, WECOM):
        raise BadAction("type must be 1 (WeChat) or 2 (WeCom)")
    made = Customer(
        external_userid or stage.corp.new_id("wm" if kind == WECHAT else "wo"),
        args.text("name", "") or nickname(stage.corp.random),
        kind,
        args.number("gender", 0),
        corp_name=args.text("corp_name", "示例合作公司" if kind == WECOM else ""),
    )
    stage.corp.put(made)
    return made


def _tell_added(stage: Stage, staff: Staff, row: Follow, kind: str, *, welcome: bool) -> dict[str, str]:
    if stage.quiet:
        return {}
    given = grant(stage.corp, staff, row, customer_apps(stage.corp, staff)) if welcome else None

    def code(app: App) -> EventFields:
        return [("WelcomeCode", given.codes[app.key])] if given else []

    fields = [*_fields(row, kind), *([("State", row.state)] if row.state else [])]
    tell_customer_apps(stage.corp, stage.sender, EVENT, fields, staff=staff, at=stage.at, more=code)
    return given.codes if given else {}


def _tell(stage: Stage, row: Follow, kind: str, more: EventFields = ()) -> None:
    if not stage.quiet:
        staff = stage.corp.member(row.userid)
        fields = [*_fields(row, kind), *more]
        tell_customer_apps(stage.corp, stage.sender, EVENT, fields, staff=staff, at=stage.at)


def _fields(row: Follow, kind: str) -> list[tuple[str, str]]:
    return [("ChangeType", kind), ("UserID", row.userid), ("ExternalUserID", row.external_userid)]


def _tag_id(stage: Stage, wanted: str) -> str:
    """A tag by id, or by its name."""
    if stage.corp.find_tag(wanted):
        return wanted
    for group in stage.corp.tag_groups.values():
        for tag in group.living():
            if tag.name == wanted:
                return tag.id
    raise BadAction(f"no tag {wanted}")


def _shown(stage: Stage, row: Follow) -> Json:
    customer = stage.corp.customers[row.external_userid]
    return {**asdict(row), "name": customer.name, "related": stage.corp.relation(*row.row_key) is not None}
