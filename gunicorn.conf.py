"""How the program is served; gunicorn reads this file by itself when started in this folder.

Beside its own workers the server keeps one process that does the background jobs, `manage.py work`.
"""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
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


class BackgroundWorker:
    """`manage.py work`: started again when it ends, and ending by itself when the server is gone."""

    PAUSE = 5  # seconds before it is started again

    def start(self):
        self.process = subprocess.Popen(  # noqa: S603 - no shell, and the arguments are our own
            [sys.executable, "manage.py", "work", "--with-parent", str(os.getpid())], cwd=ROOT
        )

    def keep(self):
        while True:
            self.process.wait()
            time.sleep(self.PAUSE)
            self.start()

    def stop(self):
        self.process.terminate()


background = BackgroundWorker()


def when_ready(server):
    """The last line an operator sees, printed when the port is open."""
    background.start()
    threading.Thread(target=background.keep, daemon=True).start()
    sys.stdout.write(f"\nHelsefellesskap svarer på http://127.0.0.1:{settings.PORT}/ (stopp med Ctrl-C)\n")
    sys.stdout.flush()


def on_reload(server):
    """New code for the background jobs too: it is started again."""
    background.stop()


def on_exit(server):
    background.stop()
