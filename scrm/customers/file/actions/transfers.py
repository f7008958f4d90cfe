"""Customers that went to another member: the file follows, with its history."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.contracts.handovers import CustomersTransferred
from scrm.core import clock
from scrm.customers.file.models import FollowStatus
from scrm.customers.file.queries.contacts import customer_ids
from scrm.identity.directory import ensure_staff


def moved(session: Session, event: CustomersTransferred) -> None:
    """End the relations with the former member as transferred, begin those with the new one, tell both; all in bulk.

    What a callback or a sync said of the same transfer before stays: nothing is told twice.
    """
    staff = ensure_staff(session, [event.from_userid, event.to_userid])
    known = customer_ids(session, [external_userid for external_userid, _, _ in event.moved])
    went = [one for one in event.moved if one[0] in known]
    values = {
        "customers": [known[external_userid] for external_userid, _, _ in went],
        "ids": [external_userid for external_userid, _, _ in went],
        "since": [since for _, since, _ in went],
        "ats": [at for _, _, at in went],
        "old": staff[event.from_userid.lower()],
        "new": staff[event.to_userid.lower()],
        "from": event.from_userid,
        "to": event.to_userid,
        "now": clock.now(),
        "reference": f"handover:{event.handover_id}",
    }
    for statement in (_LOCK, _END, _BEGIN, _TELL_END, _TELL_BEGIN, _TOUCH):
        session.execute(text(_MOVED + statement), values)


def transferred_lately(session: Session, customer_id: int, staff_id: int, at: dt.datetime) -> bool:
    """Whether the end of this relation by transfer has been told already, perhaps with a slightly different time."""
    query = text(
        "SELECT 1 FROM timeline_entry WHERE customer_id = :customer AND staff_id = :staff AND kind = :kind"
        " AND at BETWEEN :at - interval '1 day' AND :at + interval '1 day'"
    )
    values = {"customer": customer_id, "staff": staff_id, "kind": FollowStatus.TRANSFERRED.value, "at": at}
    return session.execute(query, values).first() is not None


_MOVED = """
WITH moved AS (
    SELECT m.customer_id, w.id AS contact_id, m.external_userid, m.since, m.at
    FROM unnest(CAST(:customers AS bigint[]), CAST(:ids AS text[]), CAST(:since AS timestamptz[]),
        CAST(:ats AS timestamptz[])) AS m(customer_id, external_userid, since, at)
    LEFT JOIN wecom_contact w USING (external_userid)
)
"""
# In one order, like every page of a sync, so that the two do not wait for each other's rows crosswise.
_LOCK = """
SELECT r.id FROM follow_relation r JOIN moved m USING (customer_id)
WHERE r.staff_id IN (:old, :new) ORDER BY m.external_userid, r.staff_id FOR UPDATE OF r
"""
# A relation that a sync found gone before WeCom said why ended by this transfer.
_END = """
UPDATE follow_relation r SET status = 'transferred', status_at = m.at, ended_at = m.at FROM moved m
WHERE r.customer_id = m.customer_id AND r.staff_id = :old
    AND (r.status IN ('active', 'half') AND r.status_at <= m.at
        OR r.status = 'deleted_by_staff' AND r.ended_at >= m.since)
"""
_BEGIN = """
INSERT INTO follow_relation AS r (customer_id, contact_id, staff_id, status, status_at, remark, description,
    remark_corp_name, remark_mobiles, add_way, state, oper_userid, tag_ids, personal_tags, added_at, search_text)
SELECT m.customer_id, m.contact_id, :new, 'active', m.at, coalesce(o.remark, ''), coalesce(o.description, ''),
    coalesce(o.remark_corp_name, ''), coalesce(o.remark_mobiles, '[]'), 202, coalesce(o.state, ''), '',
    coalesce(o.tag_ids, '{}'), '[]', m.at, coalesce(o.search_text, '')
FROM moved m LEFT JOIN follow_relation o ON o.customer_id = m.customer_id AND o.staff_id = :old
ORDER BY m.external_userid
ON CONFLICT (customer_id, staff_id) DO UPDATE
SET status = 'active', status_at = excluded.status_at, ended_at = NULL
WHERE r.status NOT IN ('active', 'half') AND r.status_at <= excluded.status_at
"""
_TELL_END = """
INSERT INTO timeline_entry (customer_id, staff_id, kind, at, key, facts, reference)
SELECT m.customer_id, :old, 'transferred', m.at,
    'transferred:' || lower(:from) || ':' || m.external_userid || ':' || extract(epoch FROM m.at)::bigint,
    jsonb_build_object('to', CAST(:to AS text)), :reference
FROM moved m
WHERE NOT EXISTS (SELECT 1 FROM timeline_entry t WHERE t.customer_id = m.customer_id AND t.staff_id = :old
    AND t.kind = 'transferred' AND t.at >= m.since - interval '1 minute')
ON CONFLICT (key) DO NOTHING
"""
_TELL_BEGIN = """
INSERT INTO timeline_entry (customer_id, staff_id, kind, at, key, facts, reference)
SELECT m.customer_id, :new, 'taken_over', m.at,
    'taken_over:' || lower(:to) || ':' || m.external_userid || ':' || extract(epoch FROM m.at)::bigint,
    jsonb_build_object('from', CAST(:from AS text)), :reference
FROM moved m
ON CONFLICT (key) DO NOTHING
"""
_TOUCH = "UPDATE customer c SET updated_at = :now FROM moved m WHERE c.id = m.customer_id"
