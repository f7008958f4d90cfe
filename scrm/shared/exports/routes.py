"""Exports that run in the background: asking for one, one's own, their files."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.operation import Public
from scrm.core.paging import PageQuery
from scrm.core.reading import NothingPersonal, Reads, Shown
from scrm.identity.actor import Actor
from scrm.shared.exports import asking
from scrm.shared.exports.schemas import ExportPage, ExportRow, NewExport
from scrm.shared.files import serving

api = Api("exports")

_OWN = NothingPersonal("what the user asked for, and how far it is")
_SUBJECT = "export:{export_id}"


def _taken(arguments: Mapping[str, Any], answer: Response) -> Shown:
    own = _SUBJECT.format(**arguments)
    return Shown(own, frozenset({own}), facts={"sha256": answer.headers["X-Content-SHA256"]})


@api.post("/exports", permission=Public.ANY_USER, body=NewExport, response=ExportRow, status=202, further=(403, 404))
def ask_for_export(actor: Actor, session: Session, body: NewExport) -> object:
    """Have a list written into a file; each kind has a permission of its own for that."""
    return asking.ask(session, actor, body)


@api.get("/exports", permission=Public.ANY_USER, reads=_OWN, query=PageQuery, response=ExportPage)
def list_exports(actor: Actor, session: Session, query: PageQuery) -> object:
    """The user's own exports, newest first."""
    return asking.page(session, actor, query)


@api.get("/exports/<int:export_id>", permission=Public.ANY_USER, reads=_OWN, response=ExportRow)
def get_export(actor: Actor, session: Session, export_id: int) -> object:
    """How far one of them is."""
    return asking.shown(asking.one(session, actor, export_id))


@api.post("/exports/<int:export_id>/cancel", permission=Public.ANY_USER, response=ExportRow)
def cancel_export(actor: Actor, session: Session, export_id: int) -> object:
    """End one that is under way, and remove what has been written."""
    return asking.cancel(session, actor, export_id)


@api.get(
    "/exports/<int:export_id>/file",
    permission=Public.ANY_USER,
    reads=Reads("export.taken", _SUBJECT, _taken),
    files=(serving.DOWNLOADED,),
    further=(409,),
)
def get_export_file(actor: Actor, session: Session, export_id: int) -> Response:
    """The file, for seven days; each download is in the trail."""
    export, file = asking.file_of(session, actor, export_id)
    response = serving.stream(file, name=asking.name_of(export))
    response.headers["X-Content-SHA256"] = (export.sha256 or b"").hex()
    return response
