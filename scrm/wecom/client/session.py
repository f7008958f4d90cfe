"""One app's HTTP session with WeCom: wechatpy's client with the traps taken out.

wechatpy retries token errors by unbounded recursion, asks a hard-coded host for tokens and keeps ten characters of the
secret in its cache key; here the retry is off, the token comes from `TokenStore`, and the host from the corp.
"""

from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from wechatpy.exceptions import WeChatClientException
from wechatpy.work import WeChatClient

from scrm.core.outbound import Session
from scrm.core.storable import cleaned
from scrm.wecom.client import reading
from scrm.wecom.client.tokens import TokenStore
from scrm.wecom.corps import AppCredentials
from scrm.wecom.errcodes import Reaction, look_up
from scrm.wecom.port.errors import OutcomeUnknown, Refused, Unreachable

_CONNECT_SECONDS = 4
_READ_SECONDS = 10
_POOL = 16
_PASSES = frozenset({40014, 42001})  # an old token, which a reader of WeCom's own may hold for some seconds more
_TOKEN_SECONDS = 7200  # page 91039

Json = dict[str, Any]


class WorkSession(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """Calls of one app. ``ask`` is the one way in; it speaks the port's errors."""

    def __init__(self, app: AppCredentials) -> None:
        super().__init__(app.corp_id, app.secret, timeout=(_CONNECT_SECONDS, _READ_SECONDS), auto_retry=False)
        self._app = app
        self._base = f"{app.api_base}/cgi-bin/"
        self._tokens = TokenStore(app, self._fetch_token)
        self._http = Session()
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=_POOL)
        self._http.mount("https://", adapter)
        self._http.mount("http://", adapter)

    def ask(
        self,
        method: str,
        endpoint: str,
        *,
        params: Json | None = None,
        data: Json | None = None,
        files: Json | None = None,
    ) -> Json:
        """One API call; the answer's JSON. Renews a refused token once.

        Raises `Refused`, `Unreachable` (nothing can have happened) or `OutcomeUnknown` (sent, no answer).
        """
        given: Json = {"params": params, "data": data, "files": files}
        token = self._token(self._tokens.get)
        try:
            return self._send(method, endpoint, token, **given)
        except Refused as refused:
            if refused.reaction is not Reaction.REFRESH:
                raise
            token = self._token(lambda: self._tokens.renew(token))
        try:
            return self._send(method, endpoint, token, **given)
        except Refused as refused:
            if refused.reaction is Reaction.REFRESH:
                # The secret has just given a token. One that has expired already passes with time, the rest does not.
                later = Reaction.RETRY if refused.errcode in _PASSES else Reaction.CONFIG
                raise Refused(refused.errcode, refused.errmsg, later) from None
            raise

    def _token(self, get: Callable[[], str]) -> str:
        """A token; where its own answer got lost, nothing of the call itself has been sent."""
        try:
            return get()
        except OutcomeUnknown as lost:
            raise Unreachable(f"gettoken: {lost}") from None

    def _send(
        self, method: str, endpoint: str, token: str, *, params: Json | None, data: Json | None, files: Json | None
    ) -> Json:
        query = {**(params or {}), "access_token": token}
        options: Json = {"params": query, "api_base_url": self._base}
        if data is not None:
            options["data"] = data
        if files is not None:
            options["files"] = files
        return self._checked(lambda: self._request(method, endpoint, **options))

    def _fetch_token(self) -> tuple[str, int]:
        query = {"corpid": self._app.corp_id, "corpsecret": self._app.secret}
        # wechatpy puts its own token into every request that brings none; gettoken must go without.
        answer = self._checked(
            lambda: self._handle_result(
                self._raise_for_status(self._http.get(f"{self._base}gettoken", params=query, timeout=self.timeout))
            )
        )
        token = reading.whole(lambda found: reading.needed(found, "access_token"), answer)
        return token, reading.number(answer, "expires_in") or _TOKEN_SECONDS

    def _raise_for_status(self, response: requests.Response) -> requests.Response:
        response.raise_for_status()
        return response

    def _checked(self, call: Any) -> Json:
        try:
            answer = call()
        except WeChatClientException as error:
            if error.errcode is None:
                raise OutcomeUnknown(f"HTTP {getattr(error.response, 'status_code', '?')}") from None
            raise _refused(error) from None
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise Unreachable(type(error).__name__) from None
        except requests.ConnectionError as error:
            if _never_sent(error):
                raise Unreachable("connection refused") from None
            raise OutcomeUnknown(type(error).__name__) from None
        except (requests.RequestException, ValueError, TypeError, AttributeError, RecursionError) as error:
            # The latter where wechatpy cannot read what came: it says as little as no answer.
            raise OutcomeUnknown(type(error).__name__) from None
        if not isinstance(answer, dict):
            raise OutcomeUnknown("the answer is no JSON")
        # Once, where it enters: what PostgreSQL cannot hold would fail each time that anything of it is kept.
        made_storable: Json = cleaned(answer)
        return made_storable


def _refused(error: WeChatClientException) -> Refused | OutcomeUnknown:
    """The errcode as WeCom means it; one that is no number has told nothing."""
    code = reading.small({"errcode": error.errcode}, "errcode")
    if code is None:
        return OutcomeUnknown("the errcode cannot be read")
    return Refused(code, cleaned(str(error.errmsg))[:200], look_up(code).reaction)


def _never_sent(error: requests.ConnectionError) -> bool:
    """True where no connection came about, so that WeCom cannot have seen the request."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}
