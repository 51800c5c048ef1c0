"""The demo partnership: its figures, loaded once."""

from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import call_command

from accounts.models import Organisation, Role, User
from portfolio import actions
from portfolio.models import Initiative, ProgramArea, StatusReport
from tests.portfolio.pages import main, sheet, titles

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list]:
    """Each row of each table of ours."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in ("accounts", "portfolio")
        for model in apps.get_app_config(app).get_models()
    }


def test_the_figures_of_the_demo(demo, client_of):
    client = client_of(None)

    assert Initiative.objects.count() == 44
    assert StatusReport.objects.count() == 88
    assert Organisation.objects.count() == 36
    assert [area.initiatives.count() for area in ProgramArea.objects.all()] == [12, 6, 5, 8, 13]
    assert len(titles(client.get("/tiltak/"))) == 44
    assert len(titles(client.get("/tiltak/?fase=losning-losning"))) == 11
    assert len(titles(client.get("/tiltak/?fase=losning-drift"))) == 3
    assert len(titles(client.get("/tiltak/?fase=losning"))) == 14
    assert len(titles(client.get("/tiltak/?status=ukjent"))) == 12
    assert not ProgramArea.objects.filter(is_decided=True).exists()


def test_the_demo_as_it_was(demo, client_of):
    client = client_of(None)

    assert len(sheet(client.get("/handlingsdel.csv?dato=2025-06-30"))) == 45
    assert len(sheet(client.get("/handlingsdel.csv?dato=2025-03-01"))) == 45
    assert len(sheet(client.get("/handlingsdel.csv?dato=2024-11-13"))) == 1
    assert "Ikke meldt siden 20.02.2025" in main(client.get("/handlingsdel/"))
    assert sheet(client.get("/handlingsdel.csv")) == sheet(client.get("/handlingsdel.csv?dato=2025-06-30"))


def test_every_pointer_of_the_demo_is_the_newest_report(demo):
    for initiative in Initiative.objects.all():
        assert initiative.latest_report == initiative.reports.published().newest_first().first()


def test_the_demo_keeps_what_stood_in_the_paper(demo):
    levere = StatusReport.objects.get(raw_phase="Levere")

    assert (levere.needs_mapping, levere.phase_name, levere.initiative.order) == (True, "Ikke avklart", 20)
    assert StatusReport.objects.filter(raw_mark="*").count() == 13


def test_a_second_load_changes_nothing(demo):
    before = everything()

    call_command("load_demo", stdout=StringIO())

    assert everything() == before


def test_a_second_load_adds_nothing_to_what_was_renamed(demo):
    editor = User.objects.get(email="sekretariat@example.no")
    initiative = Initiative.objects.get(order=9)
    actions.change_initiative(
        initiative=initiative,
        values={"title": "Et annet navn"},
        version=initiative.history.first().history_id,
        by=editor,
    )
    before = everything()

    call_command("load_demo", stdout=StringIO())

    assert everything() == before


def test_the_sign_ins_of_the_demo(demo, rf):
    signed = {
        user.email: user.role
        for user in User.objects.all()
        if authenticate(rf.get("/"), email=user.email, password="helsefellesskap") == user
    }

    assert signed == {
        "sekretariat@example.no": Role.EDITOR,
        "leder@example.no": Role.LEADER,
        "nestleder@example.no": Role.LEADER,
        "ssu@example.no": "",
        "pa@example.no": "",
        "bidragsyter@example.no": Role.CONTRIBUTOR,
        "admin@example.no": Role.ADMIN,
    }
    contributor = User.objects.get(role=Role.CONTRIBUTOR)
    assert contributor.organisation.name == "Valdres"
    assert [row.order for row in Initiative.objects.led_by(contributor).order_by("order")] == [9, 18]
