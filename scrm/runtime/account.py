"""The operating-system account of the embedded PostgreSQL, which refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scrm.runtime.errors import Refused

_CANDIDATES = ("scrm", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account that root lends to a server."""

    name: str
    uid: int
    gid: int


def account_for(cluster: Path) -> Account | None:
    """Who runs the cluster: None for ourselves, else the owner of an existing cluster or an account found here."""
    if os.geteuid() != 0:
        return None
    if cluster.exists():
        owner = cluster.stat()
        if owner.st_uid != 0:
            return Account(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return _created()


def reaches(account: Account | None, path: Path) -> bool:
    """True if the account may enter every directory above ``path`` and read it.

    Asked of a process with that account's rights, since mode bits alone say nothing about ACLs and mounts.
    """
    if account is None:
        return True
    test = ["/bin/sh", "-c", 'test -r "$1"', "sh", str(path)]
    return run_as(account, test).returncode == 0


def run_as(account: Account | None, argv: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a short command with the account's rights and a clean environment; never raises on its exit code."""
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    if account is None:
        return subprocess.run(argv, env=env, cwd="/", capture_output=True, text=True, check=False)
    return subprocess.run(
        argv,
        env=env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )


def give(account: Account | None, path: Path) -> None:
    """Make ``path`` the account's own directory, closed to everyone else but root."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise Refused(
            f"数据库目录属于不存在的用户 {uid}，请用 chown 改回现有的非 root 用户",
            f"the database directory belongs to unknown user {uid}; chown it to an existing user other than root",
        ) from None


def _created() -> Account:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        argv = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "scrm"]
        if subprocess.run(argv, capture_output=True, check=False).returncode == 0:
            entry = pwd.getpwnam("scrm")
            return Account("scrm", entry.pw_uid, entry.pw_gid)
    raise Refused(
        "以 root 运行时 PostgreSQL 需要一个普通用户：请执行 useradd --system scrm，或改用普通用户运行",
        "PostgreSQL will not run as root: run `useradd --system scrm`, or start the service as a normal user",
    )
