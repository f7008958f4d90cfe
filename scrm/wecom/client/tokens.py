"""Access tokens: one per app, shared by all processes, fetched once per expiry (page 91039).

Redis holds the sealed token and a short lock; without Redis each process keeps its own, which costs fetches, nothing
else. Repeating gettoken with a wrong secret blocks the caller's IP for an hour, so a refused secret is not tried again
until it changes or ten minutes have passed.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

from scrm.core import sealing
from scrm.core.doorbell import redis_connection
from scrm.wecom.corps import AppCredentials
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.errors import Refused

_EARLY = 300  # seconds before expiry at which a token is no longer handed out
_LOCK_SECONDS = 10
_BREAKER_SECONDS = 600
_SECRET_REFUSED = frozenset({Reaction.REFRESH, Reaction.CONFIG})  # 40001 and the like, in answer to gettoken

Fetch = Callable[[], tuple[str, int]]


class TokenStore:
    """Tokens of one app; ``fetch`` asks WeCom and returns the token and its life in seconds."""

    def __init__(self, app: AppCredentials, fetch: Fetch) -> None:
        self._app = app
        self._fetch = fetch
        fingerprint = hashlib.sha256(f"{app.corp_id}:{app.key}:{app.secret}".encode()).hexdigest()[:24]
        self._name = f"scrm:token:{fingerprint}"
        self._lock = threading.Lock()
        self._token: str | None = None
        self._good_until = 0.0
        self._broken_until = 0.0
        self._redis: Redis = redis_connection()

    def get(self) -> str:
        """A token that should hold; raises `Refused` while the secret is known to be wrong."""
        with self._lock:
            if self._token is not None and time.monotonic() < self._good_until:
                return self._token
            shared = self._shared()
            return self._keep(*shared) if shared is not None else self._refresh()

    def renew(self, bad: str) -> str:
        """A token other than ``bad``, which WeCom refused: one fetch, however many threads and processes ask."""
        with self._lock:
            if self._token is not None and self._token != bad and time.monotonic() < self._good_until:
                return self._token
            shared = self._shared()
            if shared is not None and shared[0] != bad:
                return self._keep(*shared)
            return self._refresh(bad)

    def _refresh(self, bad: str | None = None) -> str:
        if time.monotonic() < self._broken_until:
            raise Refused(40001, "secret refused before; not tried again yet", Reaction.CONFIG)
        owner = secrets.token_hex(8)
        if not self._take_lock(owner):
            # Another process is fetching: wait for its token rather than fetch a second one.
            for _ in range(_LOCK_SECONDS * 20):
                time.sleep(0.05)
                shared = self._shared()
                if shared is not None and shared[0] != bad:
                    return self._keep(*shared)
                if self._take_lock(owner):
                    break
        try:
            token, seconds = self._fetch()
        except Refused as refused:
            if refused.reaction in _SECRET_REFUSED:  # a busy system says nothing about the secret
                self._broken_until = time.monotonic() + _BREAKER_SECONDS
            raise
        finally:
            self._give_lock(owner)
        self._share(token, seconds)
        return self._keep(token, seconds)

    def _keep(self, token: str, seconds: int) -> str:
        self._token = token
        self._good_until = time.monotonic() + max(seconds - _EARLY, 1)
        return token

    def _shared(self) -> tuple[str, int] | None:
        try:
            sealed = self._redis.get(self._name)
            seconds = self._redis.ttl(self._name)
        except RedisError:
            return None
        if not isinstance(sealed, bytes) or not isinstance(seconds, int) or seconds <= _EARLY:
            return None
        try:
            return sealing.unseal(self._app.data_key, sealed, self._name).decode(), seconds
        except sealing.SealBroken:
            return None

    def _share(self, token: str, seconds: int) -> None:
        sealed = sealing.seal(self._app.data_key, token.encode(), self._name)
        try:
            self._redis.set(self._name, sealed, ex=max(seconds, 1))
        except RedisError:
            return

    def _take_lock(self, owner: str) -> bool:
        try:
            return bool(self._redis.set(f"{self._name}:lock", owner, nx=True, ex=_LOCK_SECONDS))
        except RedisError:
            return True

    def _give_lock(self, owner: str) -> None:
        try:
            if self._redis.get(f"{self._name}:lock") == owner.encode():
                self._redis.delete(f"{self._name}:lock")
        except RedisError:
            return
