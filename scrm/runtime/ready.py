"""Ask the running service whether it is ready."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from scrm.core.settings import Settings
from scrm.runtime.errors import Refused

READY = "ready"
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}  # nosec B104: where to ask, not where to listen


def asked(config: Settings) -> str:
    """`READY`, or the reason why not, from /readyz."""
    host = _REACHABLE.get(config.host, config.host)
    # Never through a proxy that the environment names: this is our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{host}:{config.port}/readyz", timeout=5):
            return READY
    except urllib.error.HTTPError as error:
        return _reason(error.read(4000))
    except OSError as error:
        return str(getattr(error, "reason", error))


def wait(config: Settings, *, still_there: Callable[[], bool], seconds: float) -> None:
    """Return once the service is ready; raises `Refused` with its own reason after ``seconds``."""
    deadline = time.monotonic() + seconds
    while (reason := asked(config)) != READY and still_there():
        if time.monotonic() > deadline:
            raise Refused(
                f"{seconds:.0f} 秒内没有就绪（{reason}），请查看 {config.data_dir}/log",
                f"not ready within {seconds:.0f} s ({reason}); see {config.data_dir}/log",
            )
        time.sleep(0.1)


def _reason(body: bytes) -> str:
    text = body.decode(errors="replace").strip()
    try:
        problem = json.loads(text)
        return str(problem.get("detail") or problem.get("title") or text)
    except (ValueError, AttributeError):
        return text[:300]
