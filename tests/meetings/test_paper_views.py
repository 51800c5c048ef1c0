"""Writing a case paper in the browser, by the cast."""

from datetime import date

import pytest
from django.urls import reverse

from helsefellesskap import pdf
from meetings import actions
from meetings.models import CasePaper, DecisionPoint
from tests.factories import (
    create_case,
    create_document,
    create_item,
    create_meeting,
    create_point,
    create_user,
)
from tests.portfolio.pages import body, main, text

pytestmark = pytest.mark.django_db


def address(name, case):
    return reverse(f"meetings:{name}", args=[case.public_id])


def paper(**fields):
    return {
        "background": "", "purpose": "Saken gjelder **noe**.\n\n- en\n- to", "assessment": "", "economy": "",
        "questions": "Hva nå?\n", "proposals": "SSU vedtar.\n\nSSU ber om en plan.", "version": "", **fields,
    }  # fmt: skip


def test_a_paper_is_written_as_plain_text(client_of, editor, ssu):
    case = create_case(body=ssu)
    assert client_of(editor).post(address("paper-edit", case), paper()).status_code == 302

    stored = CasePaper.objects.get()
    assert (
        stored.purpose == "<p>Saken gjelder <strong>noe</strong>.</p>\n<ul>\n<li>en</li>\n<li>to</li>\n</ul>"
    )
    assert list(case.points.values_list("number", "proposed")) == [
        (1, "SSU vedtar."),
        (2, "SSU ber om en plan."),
    ]
    page = body(client_of(editor).get(address("paper-edit", case)))
    assert "Saken gjelder **noe**." in page


def test_a_paper_is_sent_as_html_by_the_editor(client_of, editor, ssu):
    case = create_case(body=ssu)
    client_of(editor).post(
        address("paper-edit", case),
        paper(**{"purpose": "<p>Hei <script>x</script></p>", "purpose-format": "html"}),
    )

    assert CasePaper.objects.get().purpose == "<p>Hei </p>"


def test_a_paper_changed_meanwhile_is_shown_beside_what_was_typed(client_of, editor, ssu):
    case = create_case(body=ssu)
    client_of(editor).post(address("paper-edit", case), paper())
    page = client_of(editor).post(address("paper-edit", case), paper(purpose="Min tekst"))

    assert page.status_code == 422
    assert "Saksfremlegget er endret siden du åpnet det" in text(page)
    assert "Min tekst" in body(page)
    assert 'name="version" value="1"' in body(page)


def test_a_paper_is_saved_while_one_types(client_of, editor, ssu_member, ssu):
    case = create_case(body=ssu)
    saved = client_of(editor).post(address("paper-autosave", case), paper())
    assert (saved.status_code, saved.json()["version"]) == (200, "1")
    assert client_of(editor).post(address("paper-autosave", case), paper(purpose="Annet")).status_code == 409
    refused = client_of(editor).post(
        address("paper-autosave", case), paper(version="1", purpose="Født 13097248022")
    )
    assert (refused.status_code, "fødselsnummer" in refused.json()["sentence"]) == (422, True)
    assert client_of(ssu_member).post(address("paper-autosave", case), paper()).status_code == 404


def test_the_draft_of_a_paper_is_printed_for_staff(client_of, cast, ssu, monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF draft")
    case = create_case(body=ssu, announced=True)
    answers = {
        who: client_of(person).get(address("paper-pdf", case)).status_code
        for who, person in vars(cast).items()
    }

    assert {who for who, status in answers.items() if status == 200} == {"editor", "leader"}


def test_members_read_the_published_paper_and_not_the_draft(client_of, editor, ssu_member, ssu, monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")
    monkeypatch.setattr(pdf, "page_count", lambda content: 1)
    meeting = create_meeting(body=ssu, on=date(2027, 2, 18), state="called")
    case = create_case(body=ssu, state="review", kind="discussion")
    create_item(meeting=meeting, case=case, released=False)
    client_of(editor).post(address("paper-edit", case), paper())
    actions.publish_agenda(meeting=meeting, by=editor)
    client_of(editor).post(address("paper-edit", case), paper(version="1", purpose="Nytt utkast"))
    case.refresh_from_db()
    pages = {
        name: main(client_of(person).get(case.get_absolute_url()))
        for name, person in (("public", None), ("member", ssu_member), ("editor", editor))
    }

    seen = ("Saken gjelder noe", "Nytt utkast", "Endret siden publisering")
    assert {name: tuple(words in page for words in seen) for name, page in pages.items()} == {
        "public": (True, False, False), "member": (True, False, False), "editor": (True, True, True),
    }  # fmt: skip


def test_points_changed_by_somebody_else_are_not_written_over(client_of, editor, ssu):
    case = create_case(body=ssu)
    client_of(editor).post(address("paper-edit", case), paper())
    other = create_user(role="editor")
    changed = client_of(other).post(
        address("paper-edit", case), paper(version="1", proposals="SSU sier nei.")
    )
    page = client_of(editor).post(address("paper-edit", case), paper(version="1", proposals="SSU sier ja."))

    assert (changed.status_code, page.status_code) == (302, 422)
    assert [point.proposed for point in case.points.all()] == ["SSU sier nei."]
    assert "SSU sier nei." in text(page)
    assert "SSU sier ja." in body(page)


def test_points_that_are_decided_are_not_proposed_again(client_of, editor, ssu):
    case = create_case(body=ssu, state="treated", announced=True)
    item = create_item(meeting=create_meeting(body=ssu, state="held"), case=case)
    create_point(item=item, text="SSU vedtar.")
    page = client_of(editor).get(address("paper-edit", case))
    client_of(editor).post(
        address("paper-edit", case), paper(proposals=page.context["form"].initial["proposals"])
    )

    assert page.context["form"].initial["proposals"] == ""
    assert DecisionPoint.objects.count() == 1


def test_points_of_a_postponed_case_can_be_proposed_once_more(client_of, editor, ssu):
    case = create_case(body=ssu, state="postponed", announced=True)
    item = create_item(meeting=create_meeting(body=ssu, state="held"), case=case)
    create_point(item=item, proposed="SSU vedtar.", adopted="", outcome="postponed")
    page = client_of(editor).get(address("paper-edit", case))

    assert page.context["form"].initial["proposals"] == "SSU vedtar."


def test_a_case_has_a_written_paper_or_an_uploaded_one(client_of, editor, ssu):
    case = create_case(body=ssu)
    sentence = "Saken har et opplastet saksfremlegg."
    assert sentence not in text(client_of(editor).get(address("paper-edit", case)))

    create_document(case=case, kind="paper", released=False)
    assert sentence in text(client_of(editor).get(address("paper-edit", case)))


@pytest.mark.parametrize("name", ["paper-edit", "paper-autosave", "paper-pdf"])
def test_papers_of_a_draft_are_not_known_outside(client_of, cast, ssu, ssu_member, name):
    case = create_case(body=ssu)
    people = {**vars(cast), "ssu": ssu_member}
    people = {who: person for who, person in people.items() if who not in {"editor", "leader"}}
    answers = {who: client_of(person).post(address(name, case)).status_code for who, person in people.items()}
    unknown = 405 if name == "paper-pdf" else 404

    assert answers == {who: 302 if who == "public" else unknown for who in people}
