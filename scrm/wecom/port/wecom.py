"""All that one corp's WeCom offers us, and how the rest of the house comes by it."""

from collections.abc import Callable
from typing import Protocol

from scrm.wecom.port.contacts import Contacts, GroupChats, Tags, Welcomes
from scrm.wecom.port.directory import Directory
from scrm.wecom.port.group_messages import GroupMessages, Media
from scrm.wecom.port.messages import AppMessages, Login
from scrm.wecom.port.transfers import Transfers


class Wecom(Protocol):
    """The families of methods; attributes carry the family names of `wecom_method`."""

    @property
    def directory(self) -> Directory: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def tags(self) -> Tags: ...
    @property
    def groups(self) -> GroupChats: ...
    @property
    def welcomes(self) -> Welcomes: ...
    @property
    def messages(self) -> AppMessages: ...
    @property
    def group_messages(self) -> GroupMessages: ...
    @property
    def media(self) -> Media: ...
    @property
    def login(self) -> Login: ...
    @property
    def transfers(self) -> Transfers: ...


# Gives the adapter for a corp number and an app key; ``None`` picks the first app of the credential's kind.
Connect = Callable[[int, str | None], Wecom]

_connect: Connect | None = None


def install(connect: Connect) -> None:
    """Called by `scrm.wiring`: which adapter speaks to WeCom."""
    global _connect
    _connect = connect


def wecom(corp: int, app: str | None = None) -> Wecom:
    """The adapter of a corp; call it with no transaction open."""
    if _connect is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _connect(corp, app)
