"""What must hold before the service starts; each failure is one sentence that says what to do."""

import errno
import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

from scrm.core.settings import LOOPBACK, Settings
from scrm.runtime.errors import Refused

LEAST_FREE_MB = 500


def demo_stays_home(config: Settings, *, demo: bool) -> None:
    """The demo's logins are printed on the console, so they exist on loopback alone, and behind no proxy."""
    if demo and (config.trusted_proxies or urlsplit(config.public_url).hostname not in LOOPBACK):
        raise Refused(
            f"演示账号不能对外提供：SCRM_PUBLIC_URL={config.public_url} 时请加 --no-demo",
            f"the demo's logins must not be offered to others; with SCRM_PUBLIC_URL={config.public_url} add --no-demo",
        )
    if demo and not config.loopback:
        raise Refused(
            f"演示企业和演示账号只能在本机使用：SCRM_HOST={config.host} 时请加 --no-demo",
            f"the demo corp and its logins exist only on loopback; with SCRM_HOST={config.host} add --no-demo",
        )


def at_home(config: Settings) -> bool:
    """Whether the service is reached from this machine alone, as far as its settings say."""
    return config.loopback and urlsplit(config.public_url).hostname in LOOPBACK


def warnings(config: Settings) -> tuple[str, ...]:
    """What does not keep the service from starting, but should not stay: Chinese, then English."""
    if config.trusted_proxies or at_home(config):
        return ()
    return (
        "注意：没有可信代理（SCRM_TRUSTED_PROXIES=0），请勿直接暴露在公网，见 SECURITY.md",
        "warning: no trusted proxy (SCRM_TRUSTED_PROXIES=0); do not face the internet without one, see SECURITY.md",
    )


def disk_space(config: Settings) -> None:
    """At least 500 MB where the data goes."""
    there = config.data_dir
    for path in (there, there / "postgres"):
        existing = _existing(path)
        free = shutil.disk_usage(existing).free // 1_000_000
        if free < LEAST_FREE_MB:
            raise Refused(
                f"{existing} 只剩 {free} MB 磁盘空间，需要 {LEAST_FREE_MB} MB：请清理，或用 SCRM_DATA_DIR 换一个位置",
                f"{existing} has {free} MB left and {LEAST_FREE_MB} MB are needed;"
                " free some space or point SCRM_DATA_DIR elsewhere",
            )


def port_free(host: str, port: int) -> None:
    """Nobody else listens on the address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)  # without it a listener with SO_REUSEADDR of its own would go unnoticed
    except socket.gaierror:
        raise Refused(f"SCRM_HOST={host} 不是本机的地址", f"SCRM_HOST={host} is no address of this machine") from None
    except OSError as error:
        raise _port_refused(host, port, error) from None


def free_port(preferred: int) -> int:
    """``preferred`` if nobody listens there on loopback, else any free port."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                probe.listen(1)
            except (OSError, OverflowError):
                continue
            found: int = probe.getsockname()[1]
            return found
    raise Refused("本机没有空闲端口", "this machine has no free port")


def _port_refused(host: str, port: int, error: OSError) -> Refused:
    if error.errno == errno.EADDRINUSE:
        return Refused(
            f"端口 {port} 已被占用：请停止占用它的程序，或用 SCRM_PORT 换一个端口",
            f"port {port} is taken; stop what uses it, or choose another with SCRM_PORT",
        )
    if error.errno == errno.EACCES:
        return Refused(
            f"没有权限使用端口 {port}：请用 SCRM_PORT 选一个 1024 以上的端口",
            f"port {port} is not allowed for this user; choose one above 1024 with SCRM_PORT",
        )
    return Refused(f"SCRM_HOST={host} 不是本机的地址", f"SCRM_HOST={host} is no address of this machine")


def _existing(path: Path) -> Path:
    path = Path(os.path.realpath(path))  # the cluster may be a link to another disk
    while not path.exists():
        path = path.parent
    return path
