"""Address-book calls (pages 90196 – 95351, 90227): who may read what is core sheet D1."""

from simulator.edge import Call, Callers, Refusal, api
from simulator.paging import seal, unseal
from simulator.world import Department, Json, Staff


@api("GET", "department/list", callers=Callers.DETAILS, empty=("department",))
def list_departments(call: Call) -> Json:
    return {"department": [_department(call, row) for row in _departments(call)]}


@api("GET", "department/simplelist", callers=Callers.ANY, empty=("department_id",))
def list_department_ids(call: Call) -> Json:
    rows = _departments(call)
    return {"department_id": [{"id": row.id, "parentid": row.parentid, "order": row.order} for row in rows]}


@api("GET", "department/get", callers=Callers.DETAILS)
def get_department(call: Call) -> Json:
    return {"department": _department(call, _visible_department(call, call.number("id")))}


@api("GET", "user/get", callers=Callers.DETAILS, misuse=40003)
def get_user(call: Call) -> Json:
    return _member(call, call.staff(call.text("userid", missing=41009)))


@api("GET", "user/simplelist", callers=Callers.DETAILS, empty=("userlist",))
def list_users_briefly(call: Call) -> Json:
    return {
        "userlist": [
            {"userid": row.userid, "name": row.name, "department": _own_departments(call, row)}
            for row in _department_members(call)
        ]
    }


@api("GET", "user/list", callers=Callers.DETAILS, empty=("userlist",))
def list_users(call: Call) -> Json:
    return {"userlist": [_member(call, row) for row in _department_members(call)]}


@api("POST", "user/list_id", callers=Callers.SYNC, empty=("dept_user",))
def list_user_ids(call: Call) -> Json:
    limit = call.number("limit", 10_000)
    if limit is None or not 1 <= limit <= 10_000:
        raise Refusal(40058, "limit should be 1 to 10000")
    after = unseal("list_id", call.text("cursor"))
    rows = sorted((row.userid, department) for row in call.range.members(call.corp) for department in row.department)
    if after is not None:
        rows = [row for row in rows if row > (after[0], after[1])]
    page = rows[:limit]
    more = seal("list_id", list(page[-1])) if len(rows) > limit else ""
    return {"next_cursor": more, "dept_user": [{"userid": userid, "department": dept} for userid, dept in page]}


@api("GET", "agent/get", callers=Callers.APP, misuse=40056)
def get_agent(call: Call) -> Json:
    agentid = call.number("agentid")
    if agentid is None:
        raise Refusal(40056)
    if agentid != call.app.agent_id:
        raise Refusal(301002)
    return {
        "agentid": agentid,
        "name": call.app.name or call.app.key,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": [{"userid": userid} for userid in call.app.visible_users]},
        "allow_partys": {"partyid": call.app.visible_parties},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": (call.app.trusted_domains or [""])[0],
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": "",
    }


def _departments(call: Call) -> list[Department]:
    seen = call.range.departments
    if call.text("id"):
        seen = seen & call.corp.subtree(_visible_department(call, call.number("id")).id)
    return sorted((call.corp.departments[id_] for id_ in seen), key=lambda row: row.id)


def _visible_department(call: Call, id_: int | None) -> Department:
    if id_ is None or id_ not in call.corp.departments:
        raise Refusal(60003)
    if id_ not in call.range.departments:
        raise Refusal(60011)
    return call.corp.departments[id_]


def _department(call: Call, row: Department) -> Json:
    leaders = [s.userid for s in call.range.members(call.corp) if row.id in s.leads]
    return {
        "id": row.id,
        "name": row.name,
        "name_en": "",
        "department_leader": leaders,
        "parentid": row.parentid,
        "order": row.order,
    }


def _department_members(call: Call) -> list[Staff]:
    if not call.text("department_id"):
        raise Refusal(40063)
    id_ = _visible_department(call, call.number("department_id")).id
    return [row for row in call.range.members(call.corp) if id_ in row.department]


def _own_departments(call: Call, row: Staff) -> list[int]:
    return [id_ for id_ in row.department if id_ in call.range.departments]


def _member(call: Call, row: Staff) -> Json:
    """The fields of D3 without what apps made after 2022-06-20 do not get: avatar, gender, mobile, mail, address."""
    departments = _own_departments(call, row)
    leaders = [call.corp.member(userid) for userid in row.direct_leader]
    answer: Json = {
        "userid": row.userid,
        "name": row.name,
        "department": departments,
        "order": [0] * len(departments),
        "is_leader_in_dept": [1 if id_ in row.leads else 0 for id_ in departments],
        "direct_leader": [leader.userid for leader in leaders if leader is not None and call.range.sees(leader)],
        "position": row.position,
        "telephone": "",
        "alias": row.alias,
        "english_name": "",
        "status": row.status,
        "external_position": "",
        "extattr": {"attrs": []},
    }
    if departments:
        answer["main_department"] = departments[0]
    return answer
