"""The shortcut to a file lets nobody through whom the long way would not, and does let most readers through."""

from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.models import Case, Document, DocumentVersion, Exemption, Recusal, Seat
from tests.factories import (
    call_deputy,
    create_body,
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_seat,
    create_version,
    editor_of,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SPAN = timedelta(days=1)
ACCESS = {
    "public": {"access": "public"},
    "for members": {"access": "members", "public_from": NOW + SPAN},
    "public since yesterday": {"access": "members", "public_from": NOW - SPAN},
    "exempt": {"access": "exempt"},
}


@pytest.fixture
def people(cast, ssu, ssu_member, pa_member, former_member, deputy, chair, admin):
    create_seat(body=ssu, person=admin)
    called = create_seat(body=ssu, role=Seat.SeatRole.DEPUTY)
    return {
        **vars(cast),
        "ssu": ssu_member,
        "pa": pa_member,
        "former": former_member,
        "deputy": deputy,
        "called": called.person,
        "chair": chair,
    }


@pytest.fixture
def homes(ssu, people):
    """Cases and meetings of a public and of an internal body, published, exempt, unannounced or of no known body."""
    inner = create_body(visibility="internal")
    create_seat(body=inner, person=people["ssu"])
    meeting, inner_meeting = create_meeting(body=ssu, state="published"), create_meeting(body=inner)
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=people["called"]))
    exempt = create_case(body=ssu, announced=True, exemption=create_exemption(), public_title="Sak")
    item = create_item(meeting=meeting, case=exempt)
    Recusal.objects.create(
        item=item, seat=Seat.objects.filter(person=people["chair"]).get(), declared_by=people["chair"]
    )
    unknown = Case.objects.create(title="Gammel sak", body_unknown_reason="Ikke oppgitt.", announced_at=NOW)
    return [
        {"case": create_item(meeting=meeting).case},
        {"case": create_item(meeting=inner_meeting).case},
        {"case": exempt},
        {"case": create_case(body=ssu)},
        {"case": unknown},
        {"meeting": meeting},
        {"meeting": inner_meeting},
    ]


@pytest.fixture
def versions(homes):
    """Two published ones, a draft and a redacted one of every kind of document."""
    editor, made = editor_of(), []
    for home, access, released, withdrawn, written in product(homes, ACCESS, *[(True, False)] * 3):
        document = Document(
            **home,
            **ACCESS[access],
            title="Notat",
            order=len(made),
            released_at=NOW if released else None,
            withdrawn_at=NOW if withdrawn else None,
            is_written=written,
            exemption=Exemption(basis="offl23-1", wider_access="Vurdert.", set_by=editor)
            if access == "exempt"
            else None,
        )
        made += [
            DocumentVersion(
                document=document,
                number=number,
                is_redacted=is_redacted,
                size=1,
                uploaded_by=editor,
                released_at=NOW if number != 3 else None,
            )
            for number, is_redacted in [(1, False), (2, False), (3, False), (4, True)]
        ]
    documents = [version.document for version in made if version.number == 1]
    Exemption.objects.bulk_create(one.exemption for one in documents if one.exemption)
    Document.objects.bulk_create(documents)
    return DocumentVersion.objects.bulk_create(made)


def test_what_is_plainly_open_is_open(people, versions):
    for who, person in people.items():
        readable = set(DocumentVersion.objects.readable_by(person).values_list("pk", flat=True))
        known = set(Document.objects.visible_to(person).values_list("pk", flat=True))
        found = {
            version
            for version in versions
            if DocumentVersion.objects.plainly_open_to(person, version.public_id) is not None
        }

        assert {version.pk for version in found} <= readable, who
        assert {version.document_id for version in found} <= known, who
        assert who != "public" or not any(version.document.is_written for version in found)


def test_most_readers_come_the_short_way(people, versions, homes):
    case = homes[0]["case"]
    document = {access: create_document(case=case, **ACCESS[access]) for access in ("public", "for members")}
    found = {
        access: {
            who
            for who, person in people.items()
            if DocumentVersion.objects.plainly_open_to(person, one.versions.get().public_id)
        }
        for access, one in document.items()
    }

    assert found["public"] == set(people)
    assert found["for members"] == {"ssu", "editor", "leader", "chair"}


@pytest.mark.parametrize("access", ACCESS)
def test_the_file_is_the_same_either_way(client_of, people, homes, access, monkeypatch):
    document = create_document(case=homes[0]["case"], title="Tittel", public_title="Notat", **ACCESS[access])
    create_version(document=document, number=2)
    address = reverse("meetings:document-file", args=[document.versions.get(number=2).public_id, "x.pdf"])

    def answers():
        found = {}
        for who, person in people.items():
            answer = client_of(person).get(address)
            content = b"".join(answer) if answer.status_code == 200 else b""
            found[who] = (answer.status_code, content, answer.get("Content-Disposition"), answer.get("ETag"))
        return found

    short = answers()
    monkeypatch.setattr(DocumentVersion.objects, "plainly_open_to", lambda user, public_id: None)
    assert short == answers()
