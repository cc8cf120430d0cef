"""Real servers for the length of a test run.

On loopback, on free ports, in folders of their own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 60


class MissingError(Exception):
    """An engine that is not installed here; the message says what to install."""


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def program(name: str, *folders: str) -> str:
    """Find a server's program."""
    path = os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingError(f"{name} is not installed; `make engines` installs it")
    return found


def driver(module: str, extra: str) -> None:
    """Look whether the driver of an engine is installed."""
    if find_spec(module) is None:
        raise MissingError(f"{module} is not installed: pip install 'marketing-playbook[{extra}]'")


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """Make a folder for a server that its user may enter.

    Pytest closes its own to all but one user.
    """
    with tempfile.TemporaryDirectory(
        prefix=f"playbook-{name}-", ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    port: int,
    stop: signal.Signals = signal.SIGTERM,
    **options: object,
) -> Iterator[None]:
    """Run a server until the block ends; it is up when its port answers."""
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **options)  # type: ignore[call-overload]
        try:
            wait_for(server, port, log)
            yield
        finally:
            server.send_signal(stop)
            server.wait(timeout=START_SECONDS)


def wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Wait until a port answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{server.args} did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


def owned(folder: Path, user: str) -> Path:
    """Make a folder that belongs to a server's user where root runs the tests."""
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    return folder


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Start PostgreSQL as user postgres where root runs the tests.

    Yields the address of an empty database.
    """
    driver("psycopg", "postgres")
    versions = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    initdb, server = program("initdb", *versions), program("postgres", *versions)
    port, data = free_port(), owned(folder / "pg", "postgres")
    options: dict[str, object] = {"cwd": "/"} | ({"user": "postgres"} if os.geteuid() == 0 else {})
    subprocess.run(
        [initdb, "-A", "trust", "-U", "playbook", "-E", "UTF8", "--no-sync", "-D", data],
        check=True,
        capture_output=True,
        **options,
    )  # type: ignore[call-overload]
    settings = [
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "fsync=off",
    ]
    with running(
        [server, "-D", str(data), "-p", str(port), *settings],
        folder / "pg.log",
        port,
        signal.SIGINT,
        **options,
    ):
        yield f"postgresql://playbook:s3cret-w0rd@127.0.0.1:{port}/postgres"


@contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """Start MariaDB; yields the address of an empty database, for a user with a password."""
    driver("MySQLdb", "mysql")
    install, server, client = program("mariadb-install-db"), program("mariadbd"), program("mariadb")
    port, data, scratch = (
        free_port(),
        owned(folder / "my", "mysql"),
        owned(folder / "scratch", "mysql"),
    )
    socket_file = scratch / "my.sock"
    own = [
        f"--datadir={data}",
        f"--tmpdir={scratch}",
        *(["--user=mysql"] if os.geteuid() == 0 else []),
    ]
    subprocess.run(
        [install, "--no-defaults", *own, "--auth-root-authentication-method=normal"],
        check=True,
        capture_output=True,
    )
    command = [
        server,
        "--no-defaults",
        *own,
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={socket_file}",
        f"--pid-file={scratch / 'my.pid'}",
    ]
    with running(command, folder / "my.log", port):
        root = [client, "--no-defaults", f"--socket={socket_file}", "-uroot"]
        zones = subprocess.run(
            [program("mariadb-tzinfo-to-sql"), "/usr/share/zoneinfo"],
            capture_output=True,
            check=True,
        )
        subprocess.run([*root, "mysql"], input=zones.stdout, check=True, capture_output=True)
        setup = (
            "create database playbook character set utf8mb4;"
            "create user playbook@localhost identified by 's3cret-w0rd';"
            "grant all on *.* to playbook@localhost;"
        )
        subprocess.run(root, input=setup.encode(), check=True, capture_output=True)
        yield f"mysql://playbook:s3cret-w0rd@127.0.0.1:{port}/playbook"


@contextmanager
def spark(folder: Path) -> Iterator[str]:
    """Start a standalone cluster of a master and two workers; yields its address."""
    driver("pyspark", "spark")
    java = Path("/usr/lib/jvm/java-17-openjdk-amd64")
    if not (java / "bin/java").is_file():
        raise MissingError("Java 17 is not installed; `make engines` installs it")
    import pyspark

    home = Path(pyspark.__file__).parent
    port, pages = free_port(), free_port()
    environment = os.environ | {
        "JAVA_HOME": str(java),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_WORKER_DIR": str(folder / "work"),
    }
    os.environ.update(
        {name: environment[name] for name in ("JAVA_HOME", "SPARK_LOCAL_IP", "PYSPARK_PYTHON")}
    )
    start = [str(home / "bin/spark-class"), "org.apache.spark.deploy"]
    master = [
        start[0],
        f"{start[1]}.master.Master",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--webui-port",
        str(pages),
    ]
    address = f"spark://127.0.0.1:{port}"
    with (
        running(master, folder / "master.log", port, env=environment),
        worker(start, address, folder / "1", environment),
        worker(start, address, folder / "2", environment),
    ):
        yield f"{address}?spark.ui.enabled=false&spark.sql.shuffle.partitions=4&spark.driver.bindAddress=127.0.0.1"


@contextmanager
def worker(
    start: Sequence[str], address: str, folder: Path, environment: dict[str, str]
) -> Iterator[None]:
    """Add a worker of one core to a cluster."""
    folder.mkdir()
    port = free_port()
    command = [
        start[0],
        f"{start[1]}.worker.Worker",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--webui-port",
        str(free_port()),
        "--cores",
        "1",
        "--memory",
        "1g",
        address,
    ]
    with running(command, folder / "log", port, env=environment):
        yield
