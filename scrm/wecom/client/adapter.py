"""The port of one corp, put together from the sessions of its apps."""

import threading
from functools import cached_property

from scrm.wecom import corps
from scrm.wecom.client.contacts import ContactsClient, GroupChatsClient, TagsClient, WelcomesClient
from scrm.wecom.client.directory import DirectoryClient
from scrm.wecom.client.group_messages import GroupMessagesClient, MediaClient
from scrm.wecom.client.messages import AppMessagesClient, LoginClient
from scrm.wecom.client.session import WorkSession
from scrm.wecom.client.transfers import TransfersClient
from scrm.wecom.corps import AppCredentials
from scrm.wecom.errcodes import Reaction
from scrm.wecom.models import AppKind
from scrm.wecom.port.errors import Refused
from scrm.wecom.port.wecom import Wecom

_lock = threading.Lock()
_sessions: dict[tuple[str, str], tuple[AppCredentials, WorkSession]] = {}


class WecomClient:
    """A `Wecom`: each family made when first asked for."""

    def __init__(self, corp: int, app: str | None) -> None:
        self._corp = corp
        self._app_key = app

    @cached_property
    def directory(self) -> DirectoryClient:
        return DirectoryClient(self._app, self._contact_sync)

    @cached_property
    def contacts(self) -> ContactsClient:
        return ContactsClient(self._app)

    @cached_property
    def tags(self) -> TagsClient:
        return TagsClient(self._app)

    @cached_property
    def groups(self) -> GroupChatsClient:
        return GroupChatsClient(self._app)

    @cached_property
    def welcomes(self) -> WelcomesClient:
        return WelcomesClient(self._app)

    @cached_property
    def messages(self) -> AppMessagesClient:
        return AppMessagesClient(self._app)

    @cached_property
    def group_messages(self) -> GroupMessagesClient:
        return GroupMessagesClient(self._app)

    @cached_property
    def media(self) -> MediaClient:
        return MediaClient(self._app)

    @cached_property
    def login(self) -> LoginClient:
        return LoginClient(self._app)

    @cached_property
    def transfers(self) -> TransfersClient:
        return TransfersClient(self._app)

    def _app(self) -> tuple[AppCredentials, WorkSession]:
        return _session(corps.app_of(self._corp, key=self._app_key))

    def _contact_sync(self) -> tuple[AppCredentials, WorkSession]:
        return _session(corps.app_of(self._corp, kind=AppKind.CONTACT_SYNC))


def connect(corp: int, app: str | None) -> Wecom:
    """The adapter of a corp; ``app`` names the credential where the method leaves the choice."""
    return WecomClient(corp, app)


def _session(credentials: AppCredentials | None) -> tuple[AppCredentials, WorkSession]:
    if credentials is None:
        raise Refused(48002, "no app with the needed credential is configured", Reaction.STATE)
    name = (credentials.corp_id, credentials.key)
    with _lock:
        known = _sessions.get(name)
        if known is None or known[0] != credentials:
            known = _sessions[name] = (credentials, WorkSession(credentials))
        return known
