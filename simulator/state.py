"""The simulator's whole state: corps, their senders, tokens, the script of misfortunes, the journal."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.callbacks import Sender
from simulator.misfortunes import Script
from simulator.world import App, Corp, Json, nowhere

WRONG_SECRETS = 10  # within an hour, then the address is blocked for an hour; WeCom publishes no number


@dataclass(slots=True)
class AccessToken:
    """An issued access token."""

    corp_id: str
    app_key: str
    expires_at: float
    invalid: bool = False  # withdrawn: 40014 instead of 42001


class Simulator:
    """Everything one simulator process holds."""

    def __init__(self, *, callback_base: str = "") -> None:
        self.lock = threading.RLock()
        self.callback_base = callback_base.rstrip("/")
        self.corps: dict[str, Corp] = {}
        self.senders: dict[str, Sender] = {}
        self.tokens: dict[str, AccessToken] = {}
        self.script = Script()
        self.write: Callable[[Json], None] = nowhere
        self._wrong: dict[str, list[float]] = {}
        self._blocked: dict[str, float] = {}
        self._running: dict[tuple[str, str], int] = {}
        self._minute: dict[tuple[str, str], deque[float]] = {}

    def add(self, corp: Corp) -> None:
        """Take a corp in, replacing one of the same id."""
        with self.lock:
            self.remove(corp.corp_id)
            self.corps[corp.corp_id] = corp
            self.senders[corp.corp_id] = Sender(corp)

    def remove(self, corp_id: str) -> bool:
        with self.lock:
            sender = self.senders.pop(corp_id, None)
            if sender is not None:
                sender.stop()
            self.tokens = {value: token for value, token in self.tokens.items() if token.corp_id != corp_id}
            return self.corps.pop(corp_id, None) is not None

    def issue(self, corp: Corp, app: App) -> tuple[str, int]:
        """Return the app's living token, or a new one: asking again inside its life yields the same value."""
        now = time.time()
        with self.lock:
            for value, token in self.tokens.items():
                if (token.corp_id, token.app_key) == (corp.corp_id, app.key) and not token.invalid:
                    left = int(token.expires_at - now)
                    if left > 0:
                        return value, left
            value = secrets.token_urlsafe(160)
            seconds = corp.habits.token_seconds
            self.tokens[value] = AccessToken(corp.corp_id, app.key, now + seconds)
            return value, seconds

    def expire_tokens(self, corp_id: str | None, *, invalid: bool) -> int:
        """End every living token now: the next call gets 42001, or 40014 if ``invalid``."""
        with self.lock:
            hit = [t for t in self.tokens.values() if corp_id in (None, t.corp_id) and t.expires_at > time.time()]
            for token in hit:
                token.invalid = token.invalid or invalid
                token.expires_at = 0.0
            return len(hit)

    def blocked(self, ip: str) -> bool:
        with self.lock:
            return self._blocked.get(ip, 0.0) > time.time()

    def wrong_secret(self, ip: str) -> None:
        """Count a wrong secret; too many block the caller's address for an hour (45009)."""
        now = time.time()
        with self.lock:
            recent = [at for at in self._wrong.get(ip, []) if at > now - 3600] + [now]
            self._wrong[ip] = recent
            if len(recent) >= WRONG_SECRETS:
                self._blocked[ip] = now + 3600

    def forgive(self) -> None:
        """Lift every block for wrong secrets."""
        with self.lock:
            self._wrong.clear()
            self._blocked.clear()

    def enter(self, corp: Corp, path: str) -> int:
        """Count a call in; returns 45009 or 45033 if the corp's limits are hit, else 0 and `leave` must follow."""
        key, now, habits = (corp.corp_id, path), time.time(), corp.habits
        with self.lock:
            if habits.per_minute:
                recent = self._minute.setdefault(key, deque())
                while recent and recent[0] < now - 60:
                    recent.popleft()
                if len(recent) >= habits.per_minute:
                    return 45009
                recent.append(now)
            running = self._running.get(key, 0)
            if habits.concurrency and running >= habits.concurrency:
                return 45033
            self._running[key] = running + 1
            return 0

    def leave(self, corp: Corp, path: str) -> None:
        with self.lock:
            self._running[corp.corp_id, path] -= 1
