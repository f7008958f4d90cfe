"""Jobs on many records: preview, run, cancel, undo."""

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.operation import Public
from scrm.core.paging import PageQuery
from scrm.core.reading import NothingPersonal
from scrm.identity.actor import Actor
from scrm.shared.jobs import asking
from scrm.shared.jobs.schemas import JobItemPage, JobItemQuery, JobPage, JobRow, NewJob

api = Api("jobs")

_OWN = NothingPersonal("what the user asked for, how far it is, and numbers of records")


@api.post("/jobs", permission=Public.ANY_USER, body=NewJob, response=JobRow, status=201, further=(403, 404))
def preview_job(actor: Actor, session: Session, body: NewJob) -> object:
    """Choose records for an action and note how each stands; each action has a permission of its own."""
    return asking.preview(session, actor, body)


@api.get("/jobs", permission=Public.ANY_USER, reads=_OWN, query=PageQuery, response=JobPage)
def list_jobs(actor: Actor, session: Session, query: PageQuery) -> object:
    """The user's own jobs, newest first."""
    return asking.page(session, actor, query)


@api.get("/jobs/<int:job_id>", permission=Public.ANY_USER, reads=_OWN, response=JobRow)
def get_job(actor: Actor, session: Session, job_id: int) -> object:
    """How far one of them is."""
    return asking.one(session, actor, job_id)


@api.get("/jobs/<int:job_id>/items", permission=Public.ANY_USER, reads=_OWN, query=JobItemQuery, response=JobItemPage)
def list_job_items(actor: Actor, session: Session, job_id: int, query: JobItemQuery) -> object:
    """Its records, the highest number first, and why one was left as it is."""
    return asking.items(session, actor, job_id, query)


@api.post("/jobs/<int:job_id>/run", permission=Public.ANY_USER, response=JobRow, status=202)
def run_job(actor: Actor, session: Session, job_id: int) -> object:
    """Do what was previewed; a record that changed since is left as it is."""
    return asking.run(session, actor, job_id)


@api.post("/jobs/<int:job_id>/undo", permission=Public.ANY_USER, response=JobRow, status=202)
def undo_job(actor: Actor, session: Session, job_id: int) -> object:
    """Bring back what stood before, within seven days; a record that changed since is left as it is."""
    return asking.undo(session, actor, job_id)


@api.post("/jobs/<int:job_id>/cancel", permission=Public.ANY_USER, response=JobRow)
def cancel_job(actor: Actor, session: Session, job_id: int) -> object:
    """Leave the rest as it is."""
    return asking.cancel(session, actor, job_id)
