"""Make the database and the static files ready, then become the server. What `make run` starts."""

import hashlib
import os
import socket
import sys
from importlib import import_module
from pathlib import Path

import django
import environ
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

ROOT = Path(__file__).resolve().parent.parent


def check_port() -> None:
    """Say it at once when the port cannot be had, before anything is changed."""
    if not 1 <= settings.PORT <= 65535:
        sys.exit(f"PORT must be a number from 1 to 65535, not {settings.PORT}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except PermissionError:
            sys.exit(f"Port {settings.PORT} is reserved for root. Choose another: make run PORT=8001")
        except OSError:
            sys.exit(f"Port {settings.PORT} is in use by another program. Choose another: make run PORT=8001")


def check_workers() -> None:
    """Gunicorn stops with a traceback at what is not a number, even at an empty one."""
    given = os.environ.pop("WEB_CONCURRENCY", "").strip()
    if given:
        if not given.isdecimal() or int(given) < 1:
            sys.exit(f"WEB_CONCURRENCY must be a number from 1, not {given!r}.")
        os.environ["WEB_CONCURRENCY"] = given


def prepare_database() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if settings.DEMO:
        call_command("load_demo", if_empty=True)
        print_demo_sign_ins()


def print_demo_sign_ins() -> None:
    """Those that are in this database: one that was not empty has none."""
    demo = import_module("accounts.demo")  # its models can be imported only after django.setup()
    users = {user.email: user.name for user in get_user_model().objects.filter(is_active=True)}
    if sign_ins := [email for email, *_ in demo.USERS if email in users]:
        print(f"\nLogg inn med passordet «{demo.PASSWORD}» som")
        print("\n".join(f"  {email:<24} {users[email]}" for email in sign_ins), flush=True)


def static_fingerprint() -> str:
    """The content of every static file and the way they are stored, as one hash."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(path.encode())
            digest.update(Path(storage.path(path)).read_bytes())
    return digest.hexdigest()


def prepare_static_files() -> None:
    """Collect when a file differs from what was collected last; times of files say nothing after a checkout."""
    if settings.DEBUG:
        return  # served from where they are
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    wanted = static_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted and (root / "staticfiles.json").exists():
        return
    print("Collecting static files", flush=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)


def main() -> None:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    environ.Env.read_env(ROOT / ".env")
    if not os.environ.get("DEMO", "").strip():
        os.environ["DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helsefellesskap.settings")
    check_workers()
    check_port()
    django.setup()
    try:
        prepare_database()
    except OperationalError as error:
        sys.exit(f"The database cannot be used: {error}")
    prepare_static_files()
    connections.close_all()
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn"])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
