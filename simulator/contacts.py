"""Customers and relations (pages 92571, 92113, 92114, 92994, 92115)."""

from simulator.edge import Call, Callers, Refusal, api
from simulator.media import check_media
from simulator.paging import seal, unseal
from simulator.world import WECHAT, WECOM, Customer, Follow, Json

FOLLOWERS_PER_PAGE = 500
_REMARK_LIMITS = {"remark": 20, "description": 150, "remark_company": 20}


@api("GET", "externalcontact/get_follow_user_list", callers=Callers.CUSTOMER, empty=("follow_user",))
def list_follow_users(call: Call) -> Json:
    return {"follow_user": [row.userid for row in call.range.members(call.corp) if row.customer_contact]}


@api("GET", "externalcontact/list", callers=Callers.CUSTOMER, empty=("external_userid",), misuse=40003)
def list_customers(call: Call) -> Json:
    staff = call.contact_staff(call.text("userid", missing=41009))
    ids = [row.external_userid for row in call.corp.relations_of(staff.userid) if not row.half]
    if not ids:
        raise Refusal(84061)
    return {"external_userid": ids}


@api("GET", "externalcontact/get", callers=Callers.CUSTOMER, empty=("follow_user",))
def get_customer(call: Call) -> Json:
    external_userid = call.text("external_userid", missing=41035)
    customer = call.corp.customers.get(external_userid)
    if customer is None:
        raise Refusal(40096)
    followers = _followers(call.corp.followers.get(external_userid, set()), call, external_userid)
    if not followers:
        raise Refusal(84061)
    seen = [row for row in followers if _sees(call, row.userid)]
    if not seen:
        raise Refusal(40096)
    after = unseal("get", call.text("cursor"))
    rest = [row for row in seen if after is None or [row.createtime, row.userid] > after]
    page = rest[:FOLLOWERS_PER_PAGE]
    answer: Json = {"external_contact": _contact(customer), "follow_user": [_follow_user(call, row) for row in page]}
    if len(seen) > FOLLOWERS_PER_PAGE:
        last = len(rest) <= FOLLOWERS_PER_PAGE
        answer["next_cursor"] = "" if last else seal("get", [page[-1].createtime, page[-1].userid])
    return answer


@api("POST", "externalcontact/batch/get_by_user", callers=Callers.CUSTOMER, empty=("external_contact_list",))
def batch_get_by_user(call: Call) -> Json:
    userids = call.texts("userid_list", at_most=100)
    if not userids:
        raise Refusal(40063)
    limit = call.number("limit", 50) or 50
    if limit < 1:
        raise Refusal(40058)
    limit = min(limit, 100)
    after = unseal("batch", call.text("cursor"))
    members = {row.userid.lower(): row for row in (call.contact_staff(userid) for userid in userids)}
    rows: list[tuple[list[object], Follow]] = []
    for lowered in sorted(members):
        if after is not None and lowered < after[0]:
            continue
        for row in call.corp.relations_of(lowered):
            position: list[object] = [lowered, row.createtime, row.external_userid]
            if not row.half and (after is None or position > after):
                rows.append((position, row))
        if len(rows) > limit:
            break
    page = rows[:limit]
    return {
        "external_contact_list": [
            {
                "external_contact": _contact(call.corp.customers[row.external_userid]),
                "follow_info": _follow_info(call, row),
            }
            for _, row in page[: max(len(page) - call.corp.habits.list_skips, 0)]
        ],
        "next_cursor": seal("batch", page[-1][0]) if len(rows) > limit else "",
    }


@api("POST", "externalcontact/remark", callers=Callers.CUSTOMER, misuse=40003)
def remark_customer(call: Call) -> Json:
    row = related(call)
    given = [name for name in (*_REMARK_LIMITS, "remark_mobiles", "remark_pic_mediaid") if call.has(name)]
    if not any(call.body[name] for name in given) and not call.has("remark_mobiles"):
        raise Refusal(40063)
    values = {name: call.text(name) for name in _REMARK_LIMITS if call.has(name)}
    for name, value in values.items():
        if len(value) > _REMARK_LIMITS[name]:
            raise Refusal(40058, f"field `{name}` exceed max length {_REMARK_LIMITS[name]}")
    if call.text("remark_pic_mediaid"):
        check_media(call, call.text("remark_pic_mediaid"))
    row.remark = values.get("remark", row.remark)
    row.description = values.get("description", row.description)
    if call.corp.customers[row.external_userid].type == WECHAT:
        row.remark_corp_name = values.get("remark_company", row.remark_corp_name)
    if call.body.get("remark_mobiles") == "":
        row.remark_mobiles = []
    elif call.has("remark_mobiles"):
        row.remark_mobiles = [mobile for mobile in call.texts("remark_mobiles") if mobile]
    call.corp.put(row)
    return {}


def related(call: Call) -> Follow:
    """The full relation that ``userid`` and ``external_userid`` of the body name, else 84061."""
    staff = call.contact_staff(call.text("userid", missing=41009))
    external_userid = call.text("external_userid", missing=41035)
    if external_userid not in call.corp.customers:
        raise Refusal(40096)
    row = call.corp.relation(staff.userid, external_userid)
    if row is None or row.half:
        raise Refusal(84061)
    return row


def _followers(userids: set[str], call: Call, external_userid: str) -> list[Follow]:
    rows = [call.corp.follows[userid, external_userid] for userid in userids]
    relevant = [row for row in rows if not row.half and _in_service(call, row.userid)]
    return sorted(relevant, key=lambda row: (row.createtime, row.userid))


def _in_service(call: Call, userid: str) -> bool:
    staff = call.corp.member(userid)
    return staff is not None and staff.customer_contact


def _sees(call: Call, userid: str) -> bool:
    staff = call.corp.member(userid)
    return staff is not None and call.range.sees(staff)


def _contact(row: Customer) -> Json:
    answer: Json = {
        "external_userid": row.external_userid,
        "name": row.name,
        "type": row.type,
        "avatar": row.avatar,
        "gender": row.gender,
    }
    if row.type == WECHAT and row.unionid:
        answer["unionid"] = row.unionid
    if row.type == WECOM:
        answer |= {"corp_name": row.corp_name, "corp_full_name": row.corp_full_name or row.corp_name}
        answer |= {"position": row.position} if row.position else {}
        answer["external_profile"] = {"external_attr": []}
    return answer


def _common(call: Call, row: Follow) -> Json:
    answer: Json = {
        "userid": row.userid,
        "remark": row.remark,
        "description": row.description,
        "createtime": row.createtime,
        "remark_mobiles": row.remark_mobiles,
        "add_way": row.add_way,
    }
    if call.corp.customers[row.external_userid].type == WECHAT:
        answer["remark_corp_name"] = row.remark_corp_name
    if row.oper_userid:
        answer["oper_userid"] = row.oper_userid
    if row.state:
        answer["state"] = row.state
    if row.add_way == 10:
        answer["wechat_channels"] = {"nickname": "", "source": 0}
    return answer


def _follow_user(call: Call, row: Follow) -> Json:
    tags: list[Json] = []
    for tag_id in row.tags:
        found = call.corp.find_tag(tag_id, deleted=call.corp.habits.deleted_tags_stay)
        if found is not None:
            group, tag = found
            tags.append({"group_name": group.name, "tag_name": tag.name, "tag_id": tag.id, "type": 1})
    tags += [{"group_name": "", "tag_name": name, "type": 2} for name in row.personal_tags]
    return {**_common(call, row), "tags": tags}


def _follow_info(call: Call, row: Follow) -> Json:
    return {**_common(call, row), "tag_id": [tag_id for tag_id in row.tags if call.corp.find_tag(tag_id)]}
