"""The cast: the people whose access every test of a page asks about; and the demo partnership."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import Organisation, Role, User
from helsefellesskap import triggers
from meetings.models import Body, Seat
from portfolio.models import Phase
from tests.factories import create_body, create_organisation, create_seat, create_user

TODAY = date(2026, 11, 22)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks the database is asked once more."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    asking = {"db", "transactional_db", "django_db_blocker"}
    asks = [bool(item.get_closest_marker("django_db") or asking & set(item.fixturenames)) for item in items]
    config.hook.pytest_deselected(items=[item for item, does in zip(items, asks, strict=True) if not does])
    items[:] = [item for item, does in zip(items, asks, strict=True) if does]


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


DEMO = {"DEMO": True, "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


def storages(folder: Path) -> dict:
    return {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _quick_and_offline(settings, tmp_path):
    settings.STORAGES = storages(tmp_path / "files")
    settings.STATIC_ROOT = str(tmp_path)  # WhiteNoise would list every collected file for each client
    settings.CACHES = {
        **settings.CACHES,
        **{
            name: {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                "LOCATION": f"{tmp_path}/{name}",
            }
            for name in ("pdf", "pages")
        },
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def _phases(django_db_setup, django_db_blocker):
    """The rows that migrations made are there again after the flush."""
    with django_db_blocker.unblock():
        phases = list(Phase.objects.all())
    yield
    with django_db_blocker.unblock():
        Phase.objects.bulk_create(phases)


@pytest.fixture
def committed_db(_phases, transactional_db):
    """A database that other processes and threads see too; frozen rows can be flushed afterwards."""
    yield
    triggers.remove()


@pytest.fixture(scope="module")
def _demo_files(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """The demo partnership, loaded in a transaction around all tests of the module; the folder of its files."""
    folder = tmp_path_factory.mktemp("demo") / "files"
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**DEMO, STORAGES=storages(folder)):
            call_command("load_demo")
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def demo(_demo_files, db, settings, tmp_path) -> None:
    """The demo partnership as it was loaded; a module whose tests have use for it has no others."""
    for name, value in DEMO.items():
        setattr(settings, name, value)
    shutil.copytree(_demo_files, tmp_path / "files")


@pytest.fixture
def valdres(db) -> Organisation:
    return create_organisation(name="Valdres", kind=Organisation.Kind.HEALTH_REGION)


@pytest.fixture
def editor(db) -> User:
    """Of the secretariat: edits and publishes everything."""
    return create_user(role=Role.EDITOR, name="Sekretariatet", email="editor@example.no")


@pytest.fixture
def leader(db) -> User:
    """Leads SSU: reads everything, edits nothing."""
    return create_user(role=Role.LEADER, name="Leder", email="leader@example.no")


@pytest.fixture
def contributor(valdres) -> User:
    """Leads initiatives for Valdres: proposes status for those."""
    return create_user(
        role=Role.CONTRIBUTOR, name="Prosjektleder", email="contributor@example.no", organisation=valdres
    )


@pytest.fixture
def outsider(db) -> User:
    """A contributor of another organisation: owns nothing that the tests are about."""
    return create_user(
        role=Role.CONTRIBUTOR,
        name="Utenfor",
        email="outsider@example.no",
        organisation=create_organisation(name="Utkanten kommune"),
    )


@pytest.fixture
def member(db) -> User:
    """Signed in without a global role: sees what the public sees."""
    return create_user(name="Medlem", email="member@example.no")


@pytest.fixture
def admin(db) -> User:
    """The technical administrator: users and settings, no content."""
    return create_user(role=Role.ADMIN, name="Administrator", email="admin@example.no")


@pytest.fixture
def cast(editor, leader, contributor, outsider, member, admin) -> SimpleNamespace:
    return SimpleNamespace(
        public=None,
        member=member,
        outsider=outsider,
        contributor=contributor,
        leader=leader,
        editor=editor,
        admin=admin,
    )


@pytest.fixture
def ssu(db) -> Body:
    return create_body(code="ssu", short_name="SSU", name="Strategisk samarbeidsutvalg")


@pytest.fixture
def pa(db) -> Body:
    return create_body(code="pa", short_name="PA", name="Partnerskapsmøtet", level="partnership")


@pytest.fixture
def ssu_member(ssu) -> User:
    """Sits in SSU: reads the papers for members of SSU, and of no other body."""
    return create_seat(body=ssu, person=create_user(name="SSU-medlem", email="ssu@example.no")).person


@pytest.fixture
def pa_member(pa) -> User:
    """Sits in PA, not in SSU."""
    return create_seat(body=pa, person=create_user(name="PA-medlem", email="pa@example.no")).person


@pytest.fixture
def former_member(ssu) -> User:
    """Sat in SSU until last year."""
    person = create_user(name="Tidligere medlem", email="former@example.no")
    create_seat(body=ssu, person=person, valid_from=date(2020, 1, 1), valid_to=date(2025, 12, 31))
    return person


@pytest.fixture
def deputy(ssu) -> User:
    """A deputy in SSU: reads nothing for members until called, and then of that meeting alone."""
    person = create_user(name="Vara", email="deputy@example.no")
    create_seat(body=ssu, person=person, role=Seat.SeatRole.DEPUTY)
    return person


@pytest.fixture
def chair(ssu) -> User:
    """Leads SSU for the municipalities."""
    person = create_user(role=Role.LEADER, name="Leder av SSU", email="chair@example.no")
    create_seat(body=ssu, person=person, role=Seat.SeatRole.LEADER, side=Seat.Side.MUNICIPAL)
    return person


@pytest.fixture
def vice_chair(ssu) -> User:
    """Leads SSU together with the chair, for the hospital."""
    person = create_user(role=Role.LEADER, name="Nestleder av SSU", email="vice@example.no")
    create_seat(body=ssu, person=person, role=Seat.SeatRole.DEPUTY_LEADER, side=Seat.Side.HOSPITAL)
    return person


@pytest.fixture
def client_of():
    """`client_of(editor).get(…)`; None is the public."""

    def sign_in(user: User | None, **options) -> Client:
        client = Client(**options)
        if user is not None:
            client.force_login(user)
        return client

    return sign_in
