"""The demo partnership is loaded only where a known password does no harm."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from portfolio.models import Initiative

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_the_demo_is_loaded_into_an_empty_database_only_when_asked(db):
    User.objects.create_user("noen@example.no", "x", name="Noen")

    call_command("load_demo", "--if-empty", stdout=StringIO())

    assert Initiative.objects.count() == 0


def test_the_demo_is_refused_elsewhere(settings, db):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")

    assert User.objects.count() == 0
