"""What the control API shows of a corp: the stage of the simulator page, and whole tables for checkers."""

from simulator.archive import Archive
from simulator.callbacks import Sender
from simulator.group_messages import shown
from simulator.messages import sent_messages
from simulator.welcome import sent_welcomes
from simulator.world import LEFT, Corp, Follow, Json, Staff


def summary(corp: Corp, sender: Sender, *, q: str, userid: str, limit: int, offset: int) -> Json:
    """The page at a glance: staff, relations matching ``q`` newest first, the latest deliveries and messages."""
    rows = [row for row in corp.follows.values() if _matches(corp, row, q, userid)]
    rows.sort(key=lambda row: (-row.createtime, row.external_userid, row.userid))
    return {
        "corp_id": corp.corp_id,
        "name": corp.name,
        "counts": _counts(corp),
        "apps": [{"key": a.key, "kind": a.kind, "callback_url": a.callback_url} for a in corp.apps.values()],
        "departments": [_shown(row) for row in corp.departments.values()],
        "staff": [_staff(corp, row) for row in corp.staff.values()],
        "tag_groups": [
            {"id": g.id, "name": g.name, "tags": [{"id": tag.id, "name": tag.name} for tag in g.living()]}
            for g in corp.tag_groups.values()
            if not g.deleted
        ],
        "groups": [
            {"chat_id": g.chat_id, "name": g.name, "owner": g.owner, "members": len(g.members), "status": g.status}
            for g in corp.groups.values()
            if not g.dismissed
        ],
        "customers": {
            "total": len(rows),
            "offset": offset,
            "items": [relation(corp, row) for row in rows[offset : offset + limit]],
        },
        "deliveries": {"pending": sender.pending, "items": sender.recent(20)},
        "messages": list(sent_messages(corp))[:-21:-1],
        "welcomes": list(sent_welcomes(corp))[:-21:-1],
        "group_messages": _group_messages(corp, userid),
    }


def archived(store: Archive, *, whole: bool) -> Json:
    """The archive for those who check it; ``whole`` names every message."""
    with store.lock:
        return {
            "count": len(store.kept),
            "last_seq": str(store.seq),
            "keys": [{"version": pair.version, "withheld": pair.withheld} for pair in store.keys],
            "poisoned": list(store.poisoned),
            "ids": [row.msgid for row in store.kept] if whole else [],
            "seqs": [str(row.seq) for row in store.kept] if whole else [],
            "said": list(store.said.values())[:-51:-1],
        }


def brief(corp: Corp) -> Json:
    return {"corp_id": corp.corp_id, "name": corp.name, "counts": _counts(corp), "apps": list(corp.apps)}


def relation(corp: Corp, row: Follow) -> Json:
    """One relation with its customer's name; ``status`` is following, half, or left (the customer deleted)."""
    customer = corp.customers[row.external_userid]
    names = {tag.id: tag.name for group in corp.tag_groups.values() for tag in group.tags}
    staff = corp.staff.get(row.userid.lower())
    return {
        "userid": row.userid,
        "staff_name": staff.name if staff else "",
        "external_userid": row.external_userid,
        "name": customer.name,
        "type": customer.type,
        "corp_name": customer.corp_name,
        "status": "half" if row.half else "left" if row.left else "following",
        "remark": row.remark,
        "tags": [{"id": tag, "name": names[tag]} for tag in row.tags if tag in names],
        "state": row.state,
        "add_way": row.add_way,
        "createtime": row.createtime,
    }


def _group_messages(corp: Corp, userid: str) -> list[Json]:
    """The newest mass messages, of one member if named: a message of many members shows that member's task alone."""
    found: list[Json] = []
    for row in reversed(corp.group_messages.values()):
        if userid and row.task_of(userid) is None:
            continue
        message = shown(corp, row, recipients=False)
        message["tasks"] = [task for task in message["tasks"] if userid.lower() in ("", task["userid"].lower())]
        found.append(message)
        if len(found) == 20:
            break
    return found


def _matches(corp: Corp, row: Follow, q: str, userid: str) -> bool:
    if userid and row.userid.lower() != userid.lower():
        return False
    if not q:
        return True
    customer = corp.customers[row.external_userid]
    return q.lower() in f"{customer.name} {row.remark} {customer.corp_name} {row.external_userid}".lower()


def _counts(corp: Corp) -> Json:
    return {
        "departments": len(corp.departments),
        "staff": sum(1 for row in corp.staff.values() if row.status != LEFT),
        "customers": sum(1 for followers in corp.followers.values() if followers),
        "relations": len(corp.follows),
        "groups": sum(1 for row in corp.groups.values() if not row.dismissed),
        "tags": sum(len(group.living()) for group in corp.tag_groups.values() if not group.deleted),
    }


def _staff(corp: Corp, row: Staff) -> Json:
    return {
        "userid": row.userid,
        "name": row.name,
        "department": row.department,
        "position": row.position,
        "leads": row.leads,
        "direct_leader": row.direct_leader,
        "in_service": row.status != LEFT,
        "customer_contact": row.customer_contact,
        "customers": len(corp.followed.get(row.userid.lower(), ())),
    }


def _shown(row: object) -> Json:
    return {name: getattr(row, name) for name in ("id", "name", "parentid", "order")}
