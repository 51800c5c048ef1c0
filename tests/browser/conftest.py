"""A real Chromium before the demo partnership, served as in production from a database of its own per test."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from funding import actions as funding_actions
from funding.models import FundingRound, Gain, Grant
from meetings import actions as meeting_actions
from meetings.models import Body
from newsletters import actions as newsletter_actions
from newsletters.documents.checks import checked
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Block, Delivery, Newsletter, Subscription
from portfolio import actions, rules
from portfolio.actions.versions import newest_version
from portfolio.models import Initiative, Phase
from tests.browser.watch import Watch
from tests.factories import (
    create_allocation,
    create_initiative,
    create_item,
    create_meeting,
    create_proposal,
    create_report,
    create_round,
)
from tests.newsletters import letters

# Playwright runs an event loop in this thread, for which Django takes every query to be asynchronous
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

EDITOR, CONTRIBUTOR, ADMIN = "sekretariat@example.no", "bidragsyter@example.no", "admin@example.no"
LEADER, DEPUTY = "leder@example.no", "nestleder@example.no"
DESK = {"width": 1280, "height": 900}
QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"], "DEMO": True}
LAUNCH_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=10_000)


def needed(path: str | None, what: str) -> Path:
    """A tool that the browser tests cannot do without."""
    if not path or not Path(path).exists():
        pytest.fail(f"{what} is missing. Run the tests with `make test`, which installs it.", pytrace=False)
    return Path(path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# The browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return {
        **browser_type_launch_args,
        "executable_path": str(needed(found, "A browser (Debian's package chromium)")),
        "args": LAUNCH_ARGS,
    }


@pytest.fixture(scope="session")
def browser_context_args(server: str) -> dict:
    return {"base_url": server, "locale": "nb-NO", "timezone_id": "Europe/Oslo", "reduced_motion": "reduce"}


@pytest.fixture
def watch(server: str) -> Iterator[Watch]:
    """What goes wrong unseen: errors in the console, failed requests, requests to other hosts."""
    watch = Watch(host=server)
    yield watch
    assert watch.problems() == []


@pytest.fixture
def browse(new_context, watch: Watch, site: str):
    """`browse(EDITOR)`: a page in a browser of its own; None is the public."""

    def open_page(email: str | None = None, *, width: int = 1280, script: bool = True):
        context = new_context(
            java_script_enabled=script, viewport={"width": width, "height": 900 if width > 500 else 640}
        )
        watch.look_at(context)
        if email:
            sign_in(context, email, site)
        return context.new_page()

    return open_page


@pytest.fixture(scope="module")
def kept_open() -> Iterator[dict[str | None, Page]]:
    pages: dict[str | None, Page] = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict, kept_open: dict, watch: Watch, read_site: str):
    """`visit(EDITOR)`: the visitor's one page in this module, for tests that open addresses and change nothing."""

    def page_of(email: str | None) -> Page:
        if email not in kept_open:
            context = browser.new_context(**browser_context_args, viewport=DESK)
            if email:
                sign_in(context, email, read_site)
            kept_open[email] = context.new_page()
        page = kept_open[email]
        page.goto("about:blank")
        page.set_viewport_size(DESK)
        watch.look_at(page.context)
        return page

    yield page_of
    for page in kept_open.values():
        watch.look_away(page.context)


def sign_in(context: BrowserContext, email: str, site: str) -> None:
    client = Client()
    client.force_login(user(email))
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


# The server and its database


@contextmanager
def connected_to(path: Path) -> Iterator[None]:
    """Everybody in this process, the server's threads too, opens this SQLite file."""
    own = connections["default"]
    name = own.settings_dict["NAME"]
    own.settings_dict["NAME"] = str(path)
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = own
        own.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if connections["default"].vendor != "sqlite":
        pytest.skip("The browser tests run on SQLite; the others ask PostgreSQL.")
    with connected_to(Path("unused")):  # not an in-memory database, which the threads would have to share
        server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills; the workers of a run share it, and who comes first makes it."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = factory.mktemp(name) / name
            make(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, django_db_setup, django_db_blocker) -> Path:
    """The demo partnership, loaded once; every test gets a copy."""

    def load(folder: Path) -> None:
        folder.mkdir()
        path = folder / "helsefellesskap.sqlite3"
        with django_db_blocker.unblock():
            connections["default"].ensure_connection()
            with closing(sqlite3.connect(path)) as file:
                connections["default"].connection.backup(file)
            with override_settings(**QUICK, STORAGES=_storages(folder)), connected_to(path):
                call_command("migrate", verbosity=0)  # all of it, if no other test has had use for a database
                call_command("load_demo")

    return made_once(tmp_path_factory, "demo", load)


@pytest.fixture(scope="session")
def rich_folder(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path, django_db_blocker) -> Path:
    """The demo partnership after some work: editions, drafts, internal and closed initiatives, two pages."""

    def work(folder: Path) -> None:
        shutil.copytree(demo_folder, folder)
        with (
            django_db_blocker.unblock(),
            override_settings(**QUICK, STORAGES=_storages(folder)),
            connected_to(folder / "helsefellesskap.sqlite3"),
        ):
            furnish()

    return made_once(tmp_path_factory, "rich", work)


def furnish() -> None:
    editor, contributor = user(EDITOR), user(CONTRIBUTOR)
    day = date(2025, 6, 30)
    first = actions.publish_edition(as_of=day, title="Handlingsdel", by=editor)
    actions.publish_edition(
        as_of=day, title="Handlingsdel, rettet", note="Rettet", by=editor, supersedes=first
    )
    for number in range(8):
        create_initiative(title=f"Tilleggstiltak {number}")
    internal = create_initiative(title="Internt tiltak", visibility=Initiative.Visibility.INTERNAL)
    create_report(initiative=internal, comment="Bare for oss.", by=editor)
    closed = create_initiative(title="Arkivert tiltak")
    actions.close_initiative(initiative=closed, closed_as="archived", reason="Ferdig.", by=editor)
    sent = actions.save_draft(initiative=_lead(contributor)[0], status=a_status("Venter."), by=contributor)
    actions.submit_status(report=sent, by=contributor)
    actions.save_draft(initiative=_lead(contributor)[1], status=a_status("Utkast."), by=contributor)
    _furnish_meetings(editor, contributor)
    _furnish_money(editor, contributor, internal)
    _furnish_newsletters(editor)


def _furnish_money(editor: User, contributor: User, internal: Initiative) -> None:
    """Money that was raised, paid, reported and carried over, plans, proposals, a gain, and an edition."""
    older, newer = Grant.objects.get(year=2024), Grant.objects.get(year=2025)
    vip, samba = (older.allocations.get(order=order) for order in (1, 5))
    raised = {
        "amount": 1_100_000,
        "decision": vip.decision,
        "on": date(2025, 6, 1),
        "version": newest_version(vip),
    }
    funding_actions.change_amount(allocation=vip, by=editor, **raised)
    funding_actions.mark_paid(allocation=vip, on=date(2025, 7, 1), by=editor)
    report = {
        "as_of": date(2025, 9, 1),
        "spent": 1_200_000,
        "forecast": None,
        "comment": "Opplæring.",
        "is_final": False,
    }
    funding_actions.report_spending(allocation=vip, by=editor, **report)
    carried = {"to_grant": newer, "amount": 33_333, "on": date(2025, 12, 1), "reason": "Utsatt."}
    funding_actions.carry_over(allocation=samba, version=newest_version(samba), by=editor, **carried)
    for initiative in (internal, vip.initiative):
        create_allocation(grant=newer, amount=250_000, planned=True, initiative=initiative)
    create_allocation(grant=newer, amount=150_000, initiative=internal, decision=vip.decision)
    busy = create_round(grants=[newer], state="prioritising", title="Ekstra runde")
    create_proposal(round_=busy, by=contributor, state="submitted", idea="Felles kurs")
    open_one = FundingRound.objects.get(state="open")
    create_proposal(round_=open_one, by=contributor, initiative=vip.initiative)
    Gain.objects.create(
        initiative=vip.initiative,
        description="Færre innleggelser",
        gainer=contributor.organisation,
        expected=500_000,
    )
    funding_actions.publish_funding_edition(
        grant=older, as_of=date(2025, 6, 30), title="Midler 2024", by=editor
    )


def _furnish_meetings(editor: User, contributor: User) -> None:
    """What waits for someone: minutes in work, a question of impartiality, a proposal, a request for access."""
    meeting = create_meeting(body=Body.objects.get(code="ssu"), on=date(2026, 1, 8), state="held")
    item = create_item(meeting=meeting)
    seat = meeting.body.seats.filter(role="member")[0]
    meeting_actions.declare_recusal(item=item, seat=seat, reason="Søsken har søkt.", by=editor)
    meeting_actions.start_minutes(meeting=meeting, by=editor)
    wanted = {"title": "Felles opplæring", "body": meeting.body, "kind": "discussion", "summary": "Kort."}
    meeting_actions.propose_case(values=wanted, by=contributor)
    meeting_actions.request_access(text="Jeg ber om innsyn i saken.", email="", case=item.case)


def _furnish_newsletters(editor: User) -> None:
    """Newsletters in every state, a corrected one, mails that went wrong, and a list that waits."""
    leaders = [user(LEADER), user(DEPUTY)]
    replaced = letters.publish(_letter("Rettet brev", editor), by=editor, leaders=leaders)
    note = {"note": "Datoen for møtet var feil."}
    correction = newsletter_actions.correct_newsletter(newsletter=replaced, by=editor, **note)
    corrected = letters.publish(correction, by=editor, leaders=leaders)
    begun = Newsletter.objects.get(year=2025, number=1)
    newsletter_actions.correct_newsletter(newsletter=begun, by=editor, note="Summen er rettet.")
    in_review = letters.send(_letter("Til godkjenning", editor), by=editor)
    content = fingerprint(in_review)
    newsletter_actions.approve_newsletter(newsletter=in_review, content=content, by=leaders[0])
    timed = letters.approve(_letter("Med tidspunkt", editor), by=editor, leaders=leaders)
    newsletter_actions.schedule_newsletter(newsletter=timed, at=timezone.now() + timedelta(days=7), by=editor)
    failed = letters.approve(_letter("Ikke publisert", editor), by=editor, leaders=leaders)
    Newsletter.objects.filter(pk=failed.pk).update(publish_error="1 alvorlig funn må rettes først.")
    _letter("Tomt brev", editor, kinds=())
    letter = _letter("Alle slag", editor, kinds=Block.Kind.values)
    _furnish_letter(letter, editor)
    _furnish_mails(corrected, editor)


def _letter(title: str, by: User, *, kinds: Iterable[str] = ("text",)) -> Newsletter:
    letter = newsletter_actions.create_newsletter(title=title, period="høsten", as_of=None, by=by)
    for kind in kinds:
        letters.add_block(letter, kind, by=by, heading=f"Om {kind}", body="<p>Kort tekst.</p>")
    return letter


def _furnish_letter(letter: Newsletter, editor: User) -> None:
    """Choices, a picture nobody has described, attachments with and without file, faults, and a reason for one."""
    chosen = {
        "handlingsdel": {"scope": "areas", "areas": ["bo-trygt-hjemme"]},
        "focus": {"initiatives": [str(Initiative.objects.get(slug="fact-hadeland").public_id)]},
        "contact": {"contacts": [{"role": "Sekretariatet", "email": EDITOR}]},
    }
    for kind, settings in chosen.items():
        letter.blocks.filter(kind=kind).update(settings=settings)
    text = letter.blocks.get(kind="text")
    letter.blocks.filter(pk=text.pk).update(body="<p>Møtet er 31.06.2025, i mai–mars 2025.</p>")
    letters.add_picture(text, alt="")
    letters.add_attachment(letter, title="Presentasjoner")
    letters.add_attachment(letter, title="Rapporten, som kommer", content=b"")
    reason = {"code": "newsletter_date_broken", "reason": "Slik står det i innkallingen."}
    group = next(one for one in checked(letter, today=date(2026, 1, 1)) if one.check.code == reason["code"])
    found = {finding.key: finding.sentence for finding in group.findings}
    newsletter_actions.accept_findings(newsletter=letter, found=found, by=editor, **reason)


def _furnish_mails(published: Newsletter, editor: User) -> None:
    """A sending that is on its way, a refused and an uncertain mail, an address often refused, and a list."""
    now = timezone.now()
    mails = list(Delivery.objects.of_newsletter(published).order_by("pk")[:3])
    states = [("sent", "", now), ("refused", "Adressen finnes ikke.", None), ("uncertain", "Avbrutt.", None)]
    for mail, (state, error, at) in zip(mails, states, strict=True):
        Delivery.objects.filter(pk=mail.pk).update(state=state, error=error, sent_at=at, claimed_at=now)
    Subscription.objects.filter(pk=mails[1].subscription_id).update(refusals=3)
    newsletter_actions.send_test(newsletter=published, by=editor)
    rows = ["ny@example.no", "ny@example.no", "feil@", mails[0].email, "tidligere.redaksjon@example.no"]
    file = ContentFile("\n".join(["E-post", *rows]).encode(), name="liste.csv")
    newsletter_actions.receive_list(file=file, name=file.name, basis="Lista fra 2023.", by=editor)


def user(email: str) -> User:
    return User.objects.get(email=email)


def _lead(contributor: User) -> list[Initiative]:
    return list(Initiative.objects.filter(project_lead=contributor).order_by("pk"))


def a_status(comment: str) -> rules.Status:
    return rules.Status(
        reported_on=date(2025, 9, 1),
        state="active",
        phase_from=Phase.objects.get(code="losning"),
        comment=comment,
    )


def _storages(folder: Path) -> dict:
    return {
        **django_settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder / "files", "base_url": None},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@contextmanager
def _served(folder: Path, settings, blocker) -> Iterator[None]:
    for name, value in {**QUICK, "STORAGES": _storages(folder)}.items():
        setattr(settings, name, value)
    with blocker.unblock(), connected_to(folder / "helsefellesskap.sqlite3"):
        yield


@pytest.fixture
def site(server: str, demo_folder: Path, tmp_path: Path, settings, django_db_blocker) -> Iterator[str]:
    """The address of the demo partnership, fresh for this test."""
    with _served(shutil.copytree(demo_folder, tmp_path / "site"), settings, django_db_blocker):
        yield server


@pytest.fixture
def rich_site(
    server: str, rich_folder: Path, site: str, tmp_path: Path, settings, django_db_blocker
) -> Iterator[str]:
    """The same address, before a partnership that has been worked on."""
    with _served(shutil.copytree(rich_folder, tmp_path / "rich-site"), settings, django_db_blocker):
        yield server


@pytest.fixture(scope="module")
def read_folder(rich_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(rich_folder, tmp_path_factory.mktemp("read") / "copy")


@pytest.fixture
def read_site(server: str, read_folder: Path, settings, django_db_blocker) -> Iterator[str]:
    """The same again, one for all tests of a module that only read."""
    with _served(read_folder, settings, django_db_blocker):
        yield server
