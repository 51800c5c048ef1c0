"""The demo partnership's newsletters: one as in June 2025, one with the faults of its time; loaded once."""

import hashlib
import re
from collections import Counter
from datetime import date
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import LogEntry, User
from funding.documents import FundingTable
from helsefellesskap.text_faults import is_rewritten
from newsletters import actions
from newsletters.actions.subscriptions import erase_unconfirmed
from newsletters.documents.checks import checked, serious_left
from newsletters.documents.content import content_of, for_reading
from newsletters.models import (
    AcceptedFinding,
    Attachment,
    Delivery,
    Newsletter,
    SubscriberImport,
    Subscription,
)
from newsletters.rules import NotAllowed
from portfolio.documents import StatusTable
from tests import verapdf
from tests.portfolio.pages import main

pytestmark = pytest.mark.usefixtures("demo")

PUBLISHED = date(2025, 6, 27)
OF_THE_SOURCE = [
    "Strategiske satsinger – status",
    "Gode pasientforløp og faglige samarbeidsutvalg",
    "Fellesmodellen – felles tjenesteutvikling i Helsefellesskap Innlandet",
    "Respons- og oppfølgingstjenesten",
    "Handlingsdel 2024–2025 – status",
    "Mindre ferdigstilte prosjekter – status",
    "Rekrutterings- og samhandlingsmidler – status",
    "Dialogmøtene 2025",
    "Nasjonalt initiativ: Prosjekt X",
    "",
    "Kontakt",
    "Vedlegg: Handlingsdel 2024–2025 – foreløpig status",
    "Vedlegg: Rekrutterings- og samhandlingsmidler 2024 – tildelt",
]


@pytest.fixture
def june() -> Newsletter:
    return Newsletter.objects.get(year=2025, number=1)


@pytest.fixture
def draft() -> Newsletter:
    return Newsletter.objects.get(year=2025, number=2)


def content(thing) -> bytes:
    with thing.open("rb") as file:
        return file.read()


def section(newsletter: Newsletter, heading: str) -> dict:
    return next(one for one in for_reading(newsletter.data)["sections"] if one["heading"] == heading)


def everything() -> dict[str, list]:
    models = [*apps.get_app_config("newsletters").get_models(), LogEntry]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def test_one_is_published_and_one_is_in_work(june, draft, client_of):
    assert Newsletter.objects.count() == 2
    assert (june.state, june.period, timezone.localtime(june.published_at).isoformat()) == (
        "published",
        "juni 2025",
        "2025-06-27T12:00:00+02:00",
    )
    assert (draft.state, draft.period, draft.as_of) == ("draft", "november 2025", None)
    assert list(Newsletter.objects.visible_to(AnonymousUser())) == [june]
    assert "Riktig god sommer" in main(client_of(None).get("/nyhetsbrev/2025/1/"))
    assert client_of(None).get(draft.get_absolute_url()).status_code in {302, 404}


def test_the_thirteen_sections_of_the_source_in_their_order(june):
    sections = june.data["sections"]
    added = ["Kommende møter og frister", "Vedlagt fil"]

    assert [one["heading"] for one in sections if one["heading"] not in added] == OF_THE_SOURCE
    assert len(sections) == 15
    assert [one["heading"] for one in sections if one["level"] == 3] == OF_THE_SOURCE[1:4]
    assert Counter(one["kind"] for one in sections) == {
        "text": 6, "events": 2, "funding": 2, "finished": 1, "coming": 1, "contact": 1, "attachments": 1,
        "handlingsdel": 1,
    }  # fmt: skip


def test_the_tables_are_those_of_the_paper(june):
    status = section(june, OF_THE_SOURCE[11])["table"]
    money = section(june, OF_THE_SOURCE[12])["table"]

    assert isinstance(status, StatusTable)
    assert (status.day, status.row_count) == (PUBLISHED, 44)
    assert [len(group.rows) for group in status.groups] == [12, 6, 5, 8, 13]
    assert isinstance(money, FundingTable)
    assert (money.year, money.count, money.total) == (2024, 16, 9_053_333)
    assert section(june, OF_THE_SOURCE[6])["table"].balance.frame == 10_600_000


def test_what_it_fetches_reads_as_in_june(june):
    coming = section(june, "Kommende møter og frister")["rows"]
    finished = section(june, OF_THE_SOURCE[5])["events"]

    assert [row["when"] for row in coming] == [
        "01.08.2025", "september 2025", "18.09.2025", "18.09.2025", "18.09.2025", "16.10.2025",
    ]  # fmt: skip
    assert [event["when"] for event in finished] == ["28.11.2024", "15.01.2025", "17.06.2025"]
    assert section(june, "Dialogmøtene 2025")["rows"][0]["when"] == "uke\u00a035–36 2025"
    assert len(section(june, "Dialogmøtene 2025")["rows"][0]["programme"]) == 5
    assert all(row["email"].endswith("@example.no") for row in section(june, "Kontakt")["rows"])


def test_its_picture_says_in_words_what_it_shows(june):
    picture = june.pictures.get()

    assert picture.block.heading == OF_THE_SOURCE[2]
    assert all(phase in picture.alt for phase in ("Oppstart", "Innsikt", "Løsning", "Drift"))
    assert len(content(picture.file)) < 60_000
    assert hashlib.sha256(content(picture.file)).hexdigest() == picture.sha256


def test_both_sides_approved_it_in_june_and_neither_wrote_it(june):
    given = [(approval.approved_by.email, approval.side) for approval in june.approvals.all()]

    assert given == [("leder@example.no", "municipal"), ("nestleder@example.no", "hospital")]
    assert june.written_by.email == "sekretariat@example.no"
    assert not june.writers.exists()
    assert all(approval.approved_at < june.published_at for approval in june.approvals.all())


def test_all_that_was_done_with_it_was_done_in_june(june):
    done = list(LogEntry.objects.about(june).order_by("at", "pk"))

    assert [entry.verb for entry in done] == [
        "begynte på nyhetsbrevet",
        "skrev i nyhetsbrevet",
        "sendte nyhetsbrevet til godkjenning",
        "godkjente nyhetsbrevet",
        "godkjente nyhetsbrevet",
        *["godtok funn"] * 5,
        "startet utsendingen",
        "publiserte nyhetsbrevet",
    ]
    for at in [
        *(entry.at for entry in done),
        june.written_at,
        *(one.changed_at for one in june.blocks.all()),
    ]:
        assert (at.year, at.month) == (2025, 6)


def test_nothing_in_it_is_wrong_but_for_what_was_accepted_with_a_reason(june):
    groups = checked(june, today=PUBLISHED)

    assert serious_left(june, today=PUBLISHED) == []
    assert [group.check.code for group in groups if group.is_own] == ["newsletter_contradicts_portfolio"]
    accepted = {row.check_code: row.reason for row in june.accepted_findings.all()}
    assert set(accepted) == {group.check.code for group in groups if group.check.is_serious}
    logged = LogEntry.objects.about(june).filter(verb="godtok funn")
    assert {entry.new["kontroll"]: entry.new["begrunnelse"] for entry in logged} == accepted
    assert all(row.accepted_at < june.published_at for row in AcceptedFinding.objects.all())


@pytest.mark.parametrize("today", [date(2025, 11, 18), date(2027, 3, 1)])
def test_the_draft_has_the_faults_that_the_check_is_to_find(draft, today):
    own = {group.check.code: group.findings for group in checked(draft, today=today) if group.is_own}

    assert {code: len(found) for code, found in own.items()} == dict.fromkeys(
        [
            "newsletter_link_rewritten",
            "newsletter_picture_without_text",
            "newsletter_attachment_missing",
            "newsletter_date_broken",
            "newsletter_period_contradicts",
            "newsletter_meeting_held",
            "newsletter_name_misspelt",
        ],
        1,
    )
    sentences = {code: found[0].sentence for code, found in own.items()}
    assert sentences["newsletter_link_rewritten"].endswith("https://example.no/samhandlingskonferansen")
    assert "14.1124" in sentences["newsletter_date_broken"]
    assert "2024–2024" in sentences["newsletter_period_contradicts"]
    assert "SSU 18.09.2025" in sentences["newsletter_meeting_held"]
    assert "Helsefelleskap" in sentences["newsletter_name_misspelt"]


def test_the_draft_shows_what_changed_what_was_decided_and_two_initiatives(draft):
    by_kind = {one["kind"]: one["fetched"] for one in content_of(draft)["sections"]}

    assert by_kind["handlingsdel"]["since"] == "2025-06-27"
    assert by_kind["handlingsdel"]["changes"] == []
    decided = by_kind["decisions"]["meetings"][0]
    assert (decided["name"], len(decided["cases"][0]["points"])) == ("PA 16.10.2025", 3)
    assert len(by_kind["focus"]["rows"]) == 2


def test_the_draft_cannot_be_published_as_it_is(draft):
    editor = User.objects.get(email="sekretariat@example.no")
    actions.send_newsletter(newsletter=draft, by=editor)

    with pytest.raises(NotAllowed):
        actions.publish_newsletter(newsletter=draft, by=editor)


def test_the_pdf_is_there_as_it_was_frozen(june):
    frozen = content(june.pdf)
    pages = pypdfium2.PdfDocument(frozen)
    first = pages[0].get_textpage().get_text_range()

    assert hashlib.sha256(frozen).hexdigest() == june.sha256
    assert len(pages) == june.pages
    assert [page.get_width() > page.get_height() for page in pages].count(True) == 3
    assert all(heading in " ".join(first.split()) for heading in OF_THE_SOURCE[:9])
    attachment = june.attachments.get()
    assert hashlib.sha256(content(attachment.file)).hexdigest() == attachment.sha256
    with pikepdf.open(BytesIO(frozen)) as document:
        inside = document.attachments[attachment.file_name].get_file().read_bytes()
    assert inside == content(attachment.file)


@pytest.mark.verapdf
def test_the_pdfs_are_valid_to_the_reference_engine(june, tmp_path):
    verapdf.require()
    letters, notes = tmp_path / "letters", tmp_path / "notes"
    for folder, name, file in [
        (letters, "nyhetsbrev", june.pdf),
        (notes, "fellesmodellen", june.attachments.get().file),
    ]:
        folder.mkdir()
        (folder / f"{name}.pdf").write_bytes(content(file))
    verdicts = {
        **verapdf.check(letters.iterdir(), ["ua1", "3a"]),
        **verapdf.check(notes.iterdir(), ["ua1", "2a"]),
    }

    assert len(verdicts) == 4
    assert {key: verdict.failures for key, verdict in verdicts.items() if not verdict.compliant} == {}


def test_one_attachment_is_announced_and_not_there():
    assert [(file.title, bool(file.file)) for file in Attachment.objects.order_by("pk")] == [
        ("Fellesmodellen – beskrivelse og maler", True),
        ("Presentasjoner fra helseregionene", False),
    ]


def test_who_subscribes_and_on_what_basis():
    rows = Subscription.objects.all()

    assert Counter(rows.values_list("basis", "state")) == {
        ("imported", "active"): 10,
        ("opt_in", "active"): 2,
        ("opt_in", "waiting"): 1,
        ("opt_in", "ended"): 1,
    }
    assert all(email.endswith("@example.no") for email in rows.values_list("email", flat=True))
    taken_over = SubscriberImport.objects.get()
    assert "Distribusjonslista" in taken_over.basis
    assert "01.06.2025" in taken_over.basis
    assert (taken_over.added, taken_over.rows) == (10, [])
    assert erase_unconfirmed() == 0


def test_every_subscriber_got_one_mail_and_one_was_refused(june):
    mails = Delivery.objects.all()

    assert Counter(mails.values_list("newsletter", "kind", "state")) == {
        (june.pk, "newsletter", "sent"): 11,
        (june.pk, "newsletter", "refused"): 1,
    }
    active = Subscription.objects.active()
    assert set(mails.values_list("subscription", flat=True)) == set(active.values_list("pk", flat=True))
    for one in mails:
        assert timezone.localdate(one.sent_at or one.claimed_at) == PUBLISHED
    refused = mails.get(state="refused")
    assert (refused.error, refused.subscription.refusals) != ("", 0)
    assert mail.outbox == []


def test_what_is_published_links_straight_and_names_the_partnership_right(june):
    links = re.findall(r'href="([^"]*)"', june.page + june.mail_html)

    assert "https://example.no/respons-og-oppfolgingstjenesten" in links
    assert [link for link in links if is_rewritten(link)] == []
    assert not any("felleskap" in block.heading + block.body for block in june.blocks.all())


def test_a_second_load_changes_nothing():
    before = everything()

    call_command("load_demo")

    assert everything() == before
