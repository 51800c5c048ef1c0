"""How the program is served; gunicorn reads this file by itself when started in this folder."""

import multiprocessing
import os
import sys
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helsefellesskap.settings")

# SQLite has one writer at a time: threads of one process queue best.
on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")

wsgi_app = "helsefellesskap.wsgi"
chdir = str(ROOT)
bind = f"127.0.0.1:{settings.PORT}"
worker_class = "gthread"
workers = int(
    os.environ.get("WEB_CONCURRENCY") or (1 if on_sqlite else min(multiprocessing.cpu_count() + 1, 5))
)
threads = 8
timeout = 60
graceful_timeout = 20
keepalive = 5
loglevel = "warning"
control_socket_disable = True


def when_ready(server):
    """The last line an operator sees, printed when the port is open."""
    sys.stdout.write(f"\nHelsefellesskap svarer på http://127.0.0.1:{settings.PORT}/ (stopp med Ctrl-C)\n")
    sys.stdout.flush()
