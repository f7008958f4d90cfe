"""The chat archive: conversations, search, context, files, and how the pull stands."""

from collections.abc import Iterable, Mapping
from typing import Any

from scrm.compliance.archive.queries import archive as archive_queries
from scrm.compliance.archive.queries import messages as queries
from scrm.compliance.archive.schemas import (
    ArchiveStatus,
    ConversationPage,
    ConversationQuery,
    ConversationRow,
    MessagePage,
    MessageQuery,
    MessageWindow,
    RetryAnswer,
    WindowQuery,
)
from scrm.contracts.archive import SenderKind
from scrm.core import audit, storage
from scrm.core.db import Session
from scrm.core.errors import NotFound
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal, Reads, Shown, opened
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.files import serving
from scrm.wecom.archive import pull

api = Api("messages")


def _people(conversation: ConversationRow) -> set[str]:
    """The conversation, and who talks in it."""
    people = [person for person in (conversation.member, conversation.peer) if person is not None]
    named = {f"{'staff' if person.kind is SenderKind.STAFF else 'customer'}:{person.id}" for person in people}
    if conversation.chat_id is not None:
        named.add(f"group:{conversation.chat_id}")
    return named | {f"conversation:{conversation.id}"}


def _searched(_arguments: Mapping[str, Any], page: Any) -> Shown:
    return Shown("messages", _of_all(item.conversation for item in page.items), len(page.items))


def _listed(_arguments: Mapping[str, Any], page: Any) -> Shown:
    return Shown("conversations", _of_all(page.items), len(page.items))


def _window(arguments: Mapping[str, Any], shown: MessageWindow) -> Shown:
    return Shown(_CONVERSATION.format(**arguments), frozenset(_people(shown.conversation)), len(shown.items))


def _of_all(conversations: Iterable[ConversationRow]) -> frozenset[str]:
    return frozenset(name for conversation in conversations for name in _people(conversation))


_CONVERSATION = "conversation:{conversation_id}"
_SEARCH = Reads("list.read", "messages", _searched)
_CONVERSATIONS = Reads("list.read", "conversations", _listed)
_WINDOW = Reads("conversation.read", _CONVERSATION, _window)


@api.get("/messages", permission=Permission.MESSAGES_READ, reads=_SEARCH, query=MessageQuery, response=MessagePage)
def search_messages(actor: Actor, session: Session, query: MessageQuery) -> object:
    """Archived messages by words, people, type and time, newest first; the reading is recorded."""
    return queries.message_page(session, actor, query)


@api.get(
    "/messages/conversations",
    permission=Permission.MESSAGES_READ,
    reads=_CONVERSATIONS,
    query=ConversationQuery,
    response=ConversationPage,
)
def list_conversations(actor: Actor, session: Session, query: ConversationQuery) -> object:
    """Conversations, the latest first; the reading is recorded."""
    return queries.conversation_page(session, actor, query)


@api.get(
    "/messages/conversations/<int:conversation_id>",
    permission=Permission.MESSAGES_READ,
    reads=_WINDOW,
    query=WindowQuery,
    response=MessageWindow,
)
def read_conversation(actor: Actor, session: Session, conversation_id: int, query: WindowQuery) -> object:
    """A piece of one conversation, oldest first; the reading is recorded."""
    return queries.window(session, actor, conversation_id, query)


@api.get(
    "/messages/archive",
    permission=Permission.MESSAGES_READ,
    reads=NothingPersonal("how the pull stands"),
    response=ArchiveStatus,
)
def get_archive_status(session: Session) -> object:
    """How the pull stands: lag, parked messages, doubts."""
    return archive_queries.archive_status(session)


@api.post("/messages/archive/retry", permission=Permission.TASKS_REPLAY, response=RetryAnswer)
def retry_parked_messages(actor: Actor, session: Session) -> object:
    """Try again to open every parked message."""
    waiting = pull.retry_parked(session)
    audit.record(session, actor, "archive.retried", "archive", {"waiting": waiting})
    return RetryAnswer(waiting=waiting)


@api.get(
    "/messages/media/<int:media_id>",
    permission=Permission.MESSAGES_READ,
    reads=opened("media.read", "media:{media_id}"),
    files=(*serving.PICTURES.values(), serving.DOWNLOADED),
)
def get_message_media(actor: Actor, session: Session, media_id: int) -> object:
    """A file of the archive: pictures to be shown, all else to be downloaded; the reading is recorded."""
    media = queries.stored_media(session, actor, media_id)
    stream = storage.open_file(actor.corp, media.digest or b"")
    if stream is None:
        raise NotFound()
    return serving.stream(stream, name=f"{media.id}.bin")
