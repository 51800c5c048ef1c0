"""Numbers of cases when many publish at once, and what is left when the server is killed meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from helsefellesskap import pdf
from meetings.actions import publishing
from meetings.models import AgendaVersion, Case, Meeting
from tests.factories import create_body, create_case, create_item, create_meeting, create_user

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = 50

PRELUDE = """
import django; django.setup()
import json, os, sys, time
from datetime import date, timedelta
from pathlib import Path
from helsefellesskap import pdf
pdf.print_document = lambda template, context: f"%PDF {template}".encode()
from accounts.models import User
from meetings.actions import publishing
from meetings.models import AgendaVersion, Case, Document, DocumentVersion, Meeting
from tests.factories import create_body, create_case, create_document, create_item, create_meeting, create_user
"""

FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
create_user(role="editor", email="editor@example.no")
body = create_body(code="ssu")
for number in range(20):
    meeting = create_meeting(body=body, on=date(2031, 1, 1) + timedelta(number), state="called")
    for _case in range(2):
        case = create_case(body=body, kind="discussion", state="review")
        create_document(case=case, released=False)
        create_item(meeting=meeting, case=case, released=False)
"""

PUBLISH = """
while not Path("go").exists():
    time.sleep(0.01)
half = int(sys.argv[1])
for meeting in list(Meeting.objects.order_by("pk"))[half::2]:
    publishing.publish_agenda(meeting=meeting, by=User.objects.get(email="editor@example.no"))
"""

KILLED = """
import signal

def die(*args, **fields):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[1] == "while printing":
    pdf.print_document = die
elif sys.argv[1] == "when the first file is stored":
    publishing.AgendaVersion.save = die
elif sys.argv[1] == "at the end":
    publishing.keep_deadline = die
publishing.publish_agenda(meeting=Meeting.objects.order_by("pk").first(), by=User.objects.get(email="editor@example.no"))
die()
"""

CLEAN = """
from django.core.management import call_command
call_command("clean_files", older_than=0)
"""

STATE = """
files = [path for path in Path("files").rglob("*") if path.is_file()]
referred = {version.file.name for version in DocumentVersion.objects.all()}
for version in AgendaVersion.objects.all():
    referred |= {version.pdf.name, version.public_pdf.name}
print(json.dumps({
    "numbers": sorted(Case.objects.exclude(seq=None).values_list("year", "seq")),
    "agendas": AgendaVersion.objects.count(),
    "published": Meeting.objects.filter(state="published").count(),
    "released": Document.objects.exclude(released_at=None).count(),
    "missing": len([name for name in referred if not Path("files", name).exists()]),
    "orphans": len(files) - len(referred),
}))
"""


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_fifty_threads_number_without_a_gap(committed_db, monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")
    editor, body = create_user(role="editor"), create_body()
    meetings = []
    for number in range(THREADS):
        meeting = create_meeting(body=body, on=date(2031, 1, 1) + timedelta(number), state="called")
        for _case in range(2):
            create_item(
                meeting=meeting,
                case=create_case(body=body, kind="discussion", state="review"),
                released=False,
            )
        meetings.append(meeting)
    failures = []
    start = threading.Barrier(THREADS)

    def publish(meeting):
        with closing(connection):
            start.wait()
            try:
                publishing.publish_agenda(meeting=meeting, by=editor)
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=publish, args=[meeting]) for meeting in meetings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(Case.objects.values_list("year", "seq")) == [
        (2031, seq) for seq in range(1, 2 * THREADS + 1)
    ]
    assert AgendaVersion.objects.count() == THREADS
    for meeting in Meeting.objects.all():
        frozen = [item["number"] for item in meeting.agendas.get().data["items"]]
        assert frozen == [item.case.number for item in meeting.items.in_order().select_related("case__body")]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_one_of_two_clicks_publishes(committed_db, monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")
    editor = create_user(role="editor")
    meeting = create_meeting(state="called")
    create_item(
        meeting=meeting,
        case=create_case(body=meeting.body, kind="discussion", state="review"),
        released=False,
    )
    answers = []
    start = threading.Barrier(2)

    def publish():
        with closing(connection):
            start.wait()
            try:
                answers.append(publishing.publish_agenda(meeting=meeting, by=editor).letter)
            except publishing.NothingNew:
                answers.append("nothing new")

    threads = [threading.Thread(target=publish) for _click in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["A", "nothing new"]


class Installation:
    """A database of its own in a file, which processes of their own work on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, script: str, *arguments: str) -> subprocess.Popen:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "helsefellesskap.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": "",
            "BASE_URL": "",
            "DEMO": "1",
        }
        return subprocess.Popen(  # noqa: S603 -- our own script
            [sys.executable, "-c", PRELUDE + script, *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *arguments: str) -> tuple[int, str]:
        process = self.start(script, *arguments)
        output, complaint = process.communicate(timeout=120)
        return process.returncode, output or complaint

    def state(self, after: str = "", *arguments: str) -> dict:
        """What is there, after the script if there is one."""
        code, output = self.run(after + STATE, *arguments)
        assert code == 0, output
        return json.loads(output.splitlines()[-1])


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled")
    assert Installation(folder).run(FILL) == (0, "")
    return folder


@pytest.fixture
def installation(filled, tmp_path):
    return Installation(shutil.copytree(filled, tmp_path / "data"))


OLD = {"numbers": [], "agendas": 0, "published": 0, "released": 0, "missing": 0}
NEW = {"numbers": [[2031, 1], [2031, 2]], "agendas": 1, "published": 1, "released": 2, "missing": 0}


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_two_processes_on_sqlite_number_without_a_gap(installation):
    processes = [installation.start(PUBLISH, half) for half in "01"]
    (installation.folder / "go").touch()
    answers = [process.communicate(timeout=120)[1] for process in processes]

    assert answers == ["", ""]
    state = installation.state()
    assert state["numbers"] == [[2031, seq] for seq in range(1, 41)]
    assert (state["agendas"], state["missing"], state["released"]) == (20, 0, 40)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("while printing", OLD),
        ("when the first file is stored", OLD),
        ("at the end", OLD),
        ("afterwards", NEW),
    ],
)
def test_a_killed_server_leaves_the_old_state_or_the_new(installation, moment, expected):
    assert installation.run(KILLED, moment)[0] == -signal.SIGKILL
    state = installation.state()
    orphans = state.pop("orphans")
    assert state == expected

    assert installation.state(CLEAN) == {**expected, "orphans": 0}
    assert orphans == (2 if moment in {"when the first file is stored", "at the end"} else 0)

    (installation.folder / "go").touch()
    first = len(expected["numbers"])
    numbers = installation.state(PUBLISH.replace("[half::2]", "[1:3]"), "0")["numbers"]
    assert numbers == [[2031, seq] for seq in range(1, first + 5)]
