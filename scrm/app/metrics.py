"""`/metrics` in the Prometheus text format: counters of this process, and gauges read from the database."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scrm.compliance.archive.queries.archive import unknown_type_counts
from scrm.core import alarms
from scrm.core.db import platform_transaction, transaction
from scrm.core.queue.figures import figures
from scrm.wecom.corps import served
from scrm.wecom.models import CallState, WecomCall

pages = Blueprint("metrics", __name__)


@pages.get("/metrics")
def metrics() -> Response:
    """No personal data: counts and ages by corp id."""
    registry = CollectorRegistry()
    waiting = Gauge("scrm_rows_waiting", "Rows that wait for work", ["corp", "table"], registry=registry)
    parked = Gauge("scrm_rows_parked", "Rows that wait for a person", ["corp", "table"], registry=registry)
    age = Gauge("scrm_oldest_due_seconds", "Age of the oldest due row", ["corp", "table"], registry=registry)
    unknown = Gauge("scrm_calls_unknown", "Mutating calls without a known outcome", ["corp"], registry=registry)
    alarm = Gauge("scrm_alarms", "Open alarms", ["corp", "kind"], registry=registry)
    types = Gauge(
        "scrm_archive_unknown_types", "Archived messages of unknown types", ["corp", "type"], registry=registry
    )
    with platform_transaction() as session:
        corps = [(corp.id, corp.corp_id) for corp in served(session)]
    for number, corp_id in corps:
        with transaction(number) as session:
            for queue in figures(session):
                waiting.labels(corp_id, queue.queue).set(queue.waiting)
                parked.labels(corp_id, queue.queue).set(queue.parked)
                age.labels(corp_id, queue.queue).set(queue.late)
            found = alarms.counts(session)
            for kind in {known.name for known in alarms.kinds()} | found.keys():
                alarm.labels(corp_id, kind).set(found.get(kind, 0))
            for msgtype, messages in unknown_type_counts(session).items():
                types.labels(corp_id, msgtype).set(messages)
            unknown.labels(corp_id).set(
                _count(session, select(WecomCall.id).where(WecomCall.state == CallState.UNKNOWN))
            )
    return Response(generate_latest(REGISTRY) + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
