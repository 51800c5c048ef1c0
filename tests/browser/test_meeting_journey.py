"""A meeting from the plan to public minutes, by the secretariat and both leaders, as members and the public see it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings import actions
from meetings.models import Case, Meeting
from tests import files
from tests.browser.conftest import EDITOR

LEADER, DEPUTY_LEADER = "leder@example.no", "nestleder@example.no"
SSU, PA = "ssu@example.no", "pa@example.no"
SECRET = "Oppkjøp av Hemmelig AS"
TITLES = ["Felles innkjøp", "Ny avtale", SECRET]


def upload(title: str, extension: str = "pdf") -> dict:
    content = files.pdf(title) if extension == "pdf" else files.docx(title)
    return {"name": f"{title}.{extension}", "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def people(browse):
    """A browser each, signed in; None is the public."""
    return {email: browse(email) for email in (EDITOR, LEADER, DEPUTY_LEADER, SSU, PA, None)}


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def plan(page: Page) -> Meeting:
    """For today, so that it can be held; the deadlines it gives are shown as the day is chosen."""
    page.goto("/moter/ny/?organ=ssu")
    page.get_by_label("Dato", exact=True).fill(timezone.localdate().isoformat())
    page.get_by_label("Sted").fill("Hamar rådhus")
    expect(page.locator("#frister li")).to_have_count(4)
    press(page, "Planlegg møtet")
    page.wait_for_url(f"/moter/ssu/{timezone.localdate()}/")
    return Meeting.objects.get(body__code="ssu", day=timezone.localdate())


def add_case(page: Page, meeting: Meeting, title: str) -> Case:
    page.goto(f"/saker/ny/?mote={meeting.public_id}")
    page.get_by_label("Tittel").fill(title)
    press(page, "Lagre")
    page.wait_for_url(f"/moter/{meeting.public_id}/sakliste/")
    return Case.objects.get(title=title)


def write_paper(page: Page, case: Case, proposal: str) -> None:
    page.goto(f"/saker/{case.public_id}/saksfremlegg/")
    page.get_by_role("textbox", name="Bakgrunn").and_(page.locator("[contenteditable]")).click()
    page.keyboard.type("Kommunene kjøper inn hver for seg.")
    page.get_by_label("Forslag til vedtak").fill(proposal)
    press(page, "Lagre")
    page.wait_for_url(f"**{case.get_absolute_url()}")


def add_files(page: Page, case: Case, *sent: dict, access: str = "Alle, når saklisten er publisert") -> None:
    page.goto(f"/saker/{case.public_id}/dokumenter/ny/")
    page.get_by_label("Filer").set_input_files(list(sent))
    page.get_by_label(access).check()
    if access.startswith("Medlemmene"):
        later = timezone.localtime() + timedelta(days=30)
        page.get_by_label("Blir offentlig").fill(f"{later:%Y-%m-%dT%H:%M}")
    press(page, "Last opp")
    expect(page.locator(".messages")).to_contain_text("lastet opp")


def exempt(page: Page, case: Case) -> None:
    page.goto(f"/saker/{case.public_id}/unntak/")
    page.get_by_label("Hjemmel").select_option(label="offl. § 23 første ledd – økonomi, lønn eller personell")
    page.get_by_label("Vurdering av meroffentlighet").fill("Forhandlingene pågår.")
    page.get_by_label("Offentlig tittel").fill("Forhandlinger")
    press(page, "Unnta saken")
    page.wait_for_url(f"**{case.get_absolute_url()}")


def publish(page: Page, meeting: Meeting, note: str = "") -> None:
    page.goto(f"/moter/{meeting.public_id}/publiser/")
    if note:
        page.get_by_label("Hva som er nytt").fill(note)
    press(page, "Publiser")
    page.wait_for_url(f"**{meeting.get_absolute_url()}")


def seen(page: Page, address: str) -> str:
    page.goto(address)
    return page.get_by_role("main").inner_text()


def record(page: Page, case: Case, **points: str) -> None:
    item = case.items.get()
    page.goto(f"/moter/punkt/{item.public_id}/behandling/")
    page.get_by_label("Behandlet", exact=True).check()
    page.get_by_role("textbox", name="Vedtak", exact=True).first.fill(points["text"])
    page.locator("[name=punkt-0-outcome]").select_option(label=points["outcome"])
    page.locator("[name=punkt-0-vote]").select_option(label=points["vote"])
    press(page, "Lagre")
    page.wait_for_url("**#sak-*")


def test_a_meeting_from_the_plan_to_public_minutes(people, site):
    editor, ssu, pa, public = people[EDITOR], people[SSU], people[PA], people[None]
    meeting = plan(editor)
    home = meeting.get_absolute_url()
    assert "Saklisten er ikke publisert" in seen(ssu, home)

    # Three cases: one written here, one with its paper uploaded, one exempt
    written, uploaded, secret = (add_case(editor, meeting, title) for title in TITLES)
    write_paper(editor, written, "SSU ber om en plan.")
    add_files(editor, written, upload("Budsjett"), upload("Notat", "docx"))
    write_paper(editor, uploaded, "SSU godkjenner avtalen.")
    add_files(editor, uploaded, upload("Avtaleutkast"), access="Medlemmene, og alle fra et bestemt tidspunkt")
    write_paper(editor, secret, "SSU gir fullmakt.")
    add_files(editor, secret, upload("Bud"))
    exempt(editor, secret)
    for page in (ssu, public):
        assert "Felles innkjøp" not in seen(page, "/saker/")

    # Called, reviewed, published
    editor.goto(f"/moter/{meeting.public_id}/kall-inn/")
    press(editor, "Send innkallingen")
    editor.wait_for_url(f"**{home}")
    actions.send_waiting_notices()
    assert SSU in {address for letter in mail.outbox for address in letter.to}
    editor.goto(f"/moter/{meeting.public_id}/sakliste/")
    press(editor, "Send sakene til gjennomgang hos leder")
    assert "Felles innkjøp" in seen(people[LEADER], "/")
    publish(editor, meeting)
    written, uploaded, secret = (Case.objects.get(pk=case.pk) for case in (written, uploaded, secret))
    numbers = [case.number for case in (written, uploaded, secret)]
    assert [number.partition("/")[0] for number in numbers] == ["1", "2", "3"]

    text = seen(ssu, home)
    assert all(title in text for title in (*TITLES, "Avtaleutkast", "Bud"))
    for page in (pa, public):
        text = seen(page, home)
        assert "Forhandlinger" in text
        assert "Avtaleutkast" in text
        assert not page.get_by_role("link", name="Avtaleutkast", exact=True).count()
        assert SECRET not in page.content()
        assert "SSU gir fullmakt" not in page.content()
        assert page.get_by_role("link", name="Budsjett").count() == 1
    assert seen(public, secret.get_absolute_url()).startswith("Forhandlinger")

    # A late paper, published again
    add_files(editor, written, upload("Ettersendt regnskap"))
    assert "Ettersendt regnskap" not in seen(ssu, home)
    publish(editor, meeting, note="Regnskap til sak 1")
    text = seen(ssu, home)
    assert "Versjon B" in text
    assert "Regnskap til sak 1" in text
    assert re.search(r"Ettersendt \d\d\.\d\d\.\d{4}", text)

    # Held, decided, drafted
    editor.goto(home)
    press(editor, "Møtet er holdt")
    editor.goto(f"/moter/{meeting.public_id}/oppmote/")
    press(editor, "Lagre: alle som ventes, var til stede")
    record(
        editor, written, text="SSU ber om en plan innen jul.", outcome="Vedtatt med endring", vote="Konsensus"
    )
    record(editor, uploaded, text="SSU godkjenner avtalen.", outcome="Ikke behandlet", vote="Ikke konsensus")
    record(editor, secret, text="SSU gir fullmakt.", outcome="Vedtatt", vote="Enstemmig")
    assert "innen jul" not in seen(ssu, home)
    editor.goto(f"/moter/{meeting.public_id}/protokoll/rediger/")
    press(editor, "Lag utkast")
    editor.wait_for_url(f"**/moter/{meeting.public_id}/protokoll/")
    draft = editor.request.get(f"/moter/{meeting.public_id}/protokoll.pdf")
    assert draft.body().startswith(b"%PDF")
    assert ssu.request.get(f"/moter/{meeting.public_id}/protokoll/").status == 404

    # Sent for comments, approved by both sides, public
    editor.goto(f"/moter/{meeting.public_id}/protokoll/send/")
    press(editor, "Send")
    assert "innen jul" in seen(ssu, f"{home}protokoll/")
    assert public.request.get(f"{home}protokoll/").status == 404
    for email in (LEADER, DEPUTY_LEADER):
        assert "til godkjenning" in seen(people[email], "/")
        people[email].goto(f"/moter/{meeting.public_id}/protokoll/")
        press(people[email], "Godkjenn protokollen")
        expect(people[email].locator(".messages")).to_contain_text("godkjent")
    text = seen(public, f"{home}protokoll/")
    assert "SSU ber om en plan innen jul." in text
    assert "Ikke vedtatt" in text
    assert "Forhandlinger" in text
    assert SECRET not in public.content()
    assert "fullmakt" not in public.content()
    assert public.request.get(f"{home}protokoll.pdf").body().startswith(b"%PDF")
    assert "fullmakt" in seen(ssu, f"{home}protokoll/")
    assert "innen jul" in seen(public, written.get_absolute_url())
