"""How often a password may be guessed: by address, by name, by both, and by browser.

Each is a bucket that fills by one with each guess and empties slowly. A guess is counted before it is looked at, so
that guesses side by side are counted too; the right password takes back what it cost. Keys are hashed.
"""

import datetime as dt
import hmac
import ipaddress
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock, sealing
from scrm.core.settings import settings
from scrm.identity.errors import AccountLocked
from scrm.identity.models import Account, LoginAttempts

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUIET = dt.timedelta(hours=1)
_KEPT = dt.timedelta(days=2)  # by then every bucket is empty


@dataclass(frozen=True)
class Bucket:
    """``size`` guesses at once, then one every ``seconds``."""

    kind: str
    size: int
    seconds: int
    of: str

    @property
    def key(self) -> bytes:
        secret = sealing.derive(settings().secret_key, "login attempts")
        return hmac.digest(secret, f"{self.kind}|{self.of}".encode(), "sha256")


def buckets(address: str, name: str, device: str | None) -> "list[Bucket]":
    """Those that a guess falls into. A browser that was signed in before has its own alone, whatever others do."""
    folded = name.casefold()
    if device is not None:
        return [Bucket("device", 10, 60, device)]
    network = _network(address)
    return [
        Bucket("pair", 5, 60, f"{network}|{folded}"),
        Bucket("name", 15, 600, folded),
        Bucket("address", 60, 10, network),
    ]


def of_account(account_id: int) -> "list[Bucket]":
    """For one's own password, asked for once more by whoever has the session."""
    return [Bucket("account", 5, 60, str(account_id))]


def count(session: Session, found: "Sequence[Bucket]") -> AccountLocked | None:
    """Count one guess, or say how long there is to wait; a refused guess fills nothing.

    Rows are taken in the order of their keys, so that two guesses never wait for each other.
    """
    now = clock.now()
    ordered = sorted(found, key=lambda bucket: bucket.key)
    fresh = [{"key": bucket.key, "level": 0.0, "at": now, "refused": 0} for bucket in ordered]
    # One statement makes and locks: between two, whoever signs in well would take a row away.
    statement = insert(LoginAttempts).values(fresh)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={"refused": LoginAttempts.refused})
    found_rows = session.scalars(statement.returning(LoginAttempts), execution_options={"populate_existing": True})
    rows = {row.key: row for row in found_rows}
    levels = {bucket: _level(rows[bucket.key], bucket, now) for bucket in ordered}
    wait = max(math.ceil((level + 1 - bucket.size) * bucket.seconds) for bucket, level in levels.items())
    if wait > 0:
        return AccountLocked(minutes=math.ceil(wait / 60), retry_after=wait)
    for bucket, level in levels.items():
        rows[bucket.key].level, rows[bucket.key].at = level + 1, now
    return None


def give_back(session: Session, found: "Sequence[Bucket]") -> None:
    """The password was right: this name from here begins anew, the others lose what this guess added."""
    own = [bucket.key for bucket in found if bucket.kind in {"pair", "device", "account"}]
    others = sorted(bucket.key for bucket in found if bucket.key not in own)
    ordered = select(LoginAttempts.key).where(LoginAttempts.key.in_([*own, *others])).order_by(LoginAttempts.key)
    session.execute(ordered.with_for_update())  # in the order of `count`
    session.execute(delete(LoginAttempts).where(LoginAttempts.key.in_(own)))
    for key in others:
        less = func.greatest(LoginAttempts.level - 1, 0.0)
        session.execute(update(LoginAttempts).where(LoginAttempts.key == key).values(level=less))


def uncount(session: Session, found: "Sequence[Bucket]") -> None:
    """Nothing was compared: the guess was none."""
    keys = sorted(bucket.key for bucket in found)
    rows = select(LoginAttempts).where(LoginAttempts.key.in_(keys)).order_by(LoginAttempts.key).with_for_update()
    for row in session.scalars(rows):
        row.level = max(row.level - 1, 0.0)


def note_refused(session: Session, name: str, account_id: int | None) -> None:
    """One more guess at a locked name, to be told of in one sum; nobody's name costs as much."""
    key = Bucket("refused", 0, 1, name.casefold() if account_id is None else f"|{account_id}").key
    values = {"key": key, "level": 0.0, "at": clock.now(), "refused": 1, "account_id": account_id}
    statement = insert(LoginAttempts).values(values)
    more = {"refused": LoginAttempts.refused + 1, "at": clock.now()}
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=more))


def take_refused(session: Session, account_id: int) -> int:
    """How many guesses at the account's name were refused since this was asked last."""
    taken = delete(LoginAttempts).where(LoginAttempts.account_id == account_id).returning(LoginAttempts.refused)
    return session.scalar(taken) or 0


def untold(session: Session) -> "Sequence[int]":
    """Accounts of which guesses were refused, none in the last hour, that nobody has tried to sign in to since."""
    quiet = LoginAttempts.at < clock.now() - _QUIET
    of = Account.id == LoginAttempts.account_id
    return session.scalars(select(Account.id).join(LoginAttempts, of).where(quiet)).all()


def forget(session: Session, name: str, account_id: int) -> None:
    """Lift the locks of a name that hold for everybody; those of single addresses empty by themselves."""
    keys = [bucket.key for bucket in [*buckets("", name, None), *of_account(account_id)]]
    session.execute(delete(LoginAttempts).where(LoginAttempts.key.in_(keys)))


def purge(session: Session) -> int:
    """Remove buckets that are long empty, and sums whose name is nobody's."""
    old = delete(LoginAttempts).where(LoginAttempts.at < clock.now() - _KEPT).returning(LoginAttempts.key)
    return len(session.execute(old).all())


def _level(row: LoginAttempts, bucket: Bucket, now: dt.datetime) -> float:
    return max(row.level - max((now - row.at).total_seconds(), 0.0) / bucket.seconds, 0.0)


def _network(address: str) -> str:
    """An address, of IPv6 the /64 that one line has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
