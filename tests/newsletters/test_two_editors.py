"""Two at once: nobody's words are lost, and what can be done once is done once."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import LogEntry, Role
from newsletters import actions
from newsletters.actions import publishing
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import AcceptedFinding, Approval, Block, Delivery, Newsletter
from tests.factories import create_body, create_newsletter, create_seat, create_subscription, create_user
from tests.funding.test_two_editors import at_once
from tests.meetings.conftest import shared_db  # noqa: F401 -- a database that several threads work on
from tests.meetings.processes import files_referred_to, stored_files
from tests.newsletters.letters import add_block, approve, print_as_text, send
from tests.portfolio.pages import body, text

State = Newsletter.State


# In one block, and in the facts: one page after the other


@pytest.fixture
def scene(editor, client_of) -> SimpleNamespace:
    """A draft that two of the secretariat have open."""
    other = create_user(role=Role.EDITOR, name="Kari", email="kari@example.no")
    newsletter = create_newsletter(year=2026, number=1, title="Nytt i juni", by=editor)
    block = add_block(newsletter, by=editor, heading="Først", body="<p>Slik det sto.</p>")
    page = f"/nyhetsbrev/blokker/{block.public_id}/"
    return SimpleNamespace(
        newsletter=newsletter,
        block=block,
        me=client_of(editor),
        other=client_of(other),
        edit=f"{page}rediger/",
        autosave=f"{page}lagre/",
        facts=f"/nyhetsbrev/{newsletter.public_id}/opplysninger/",
        by=other,
    )


def hidden(page, name="version") -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', body(page))[1]


def written(words, version) -> dict[str, str]:
    return {"heading": f"Overskrift: {words}", "body": words, "version": version}


def stored(block) -> tuple[str, str]:
    return Block.objects.values_list("heading", "body").get(pk=block.pk)


MINE = ("Overskrift: Mitt", "<p>Mitt</p>")
THEIRS = ("Overskrift: Karis", "<p>Karis</p>")


def test_what_somebody_else_saved_meanwhile_is_shown_beside_what_i_typed(scene):
    seen = hidden(scene.me.get(scene.edit))
    assert scene.other.post(scene.edit, written("Karis", seen)).status_code == 302

    page = scene.me.post(scene.edit, written("Mitt", seen))

    assert page.status_code == 422
    said = text(page)
    assert "Blokken er endret siden du åpnet den" in said
    assert "Kari lagret" in said
    assert "Overskrift: Karis" in said
    assert 'value="Overskrift: Mitt"' in body(page)
    assert ">\nMitt</textarea>" in body(page)
    assert "Lagre min likevel" in said
    assert "data-autosave=" not in body(page)  # saving by itself would decide for me
    assert stored(scene.block) == THEIRS

    again = scene.me.post(scene.edit, written("Mitt", hidden(page)))
    assert again.status_code == 302
    assert stored(scene.block) == MINE


def test_saving_mine_anyway_meets_a_third_change_again(scene):
    seen = hidden(scene.me.get(scene.edit))
    scene.other.post(scene.edit, written("Karis", seen))
    page = scene.me.post(scene.edit, written("Mitt", seen))
    scene.other.post(scene.edit, written("Karis igjen", hidden(scene.other.get(scene.edit))))

    assert scene.me.post(scene.edit, written("Mitt", hidden(page))).status_code == 422
    assert stored(scene.block)[1] == "<p>Karis igjen</p>"


def test_autosave_says_who_was_quicker_and_overwrites_nothing(scene):
    seen = hidden(scene.me.get(scene.edit))
    scene.other.post(scene.autosave, written("Karis", seen))
    answer = scene.me.post(scene.autosave, written("Mitt", seen))

    assert answer.status_code == 409
    assert answer.json()["sentence"].startswith("Kari har lagret blokken siden du åpnet den.")
    assert stored(scene.block) == THEIRS


def test_autosave_gives_the_version_that_the_next_one_builds_on(scene):
    seen = hidden(scene.me.get(scene.edit))
    for words in ("En", "To", "Tre"):
        answer = scene.me.post(scene.autosave, written(words, seen))
        assert answer.status_code == 200
        seen = answer.json()["version"]

    assert stored(scene.block)[1] == "<p>Tre</p>"


def test_the_same_words_from_both_are_no_conflict(scene):
    seen = hidden(scene.me.get(scene.edit))
    answers = [
        client.post(scene.edit, written("Likt", seen)).status_code for client in (scene.other, scene.me)
    ]

    assert answers == [302, 302]


def test_a_block_that_was_moved_meanwhile_is_saved_where_it_is(scene, editor):
    seen = hidden(scene.me.get(scene.edit))
    first = add_block(scene.newsletter, by=editor, heading="Sist")
    scene.other.post(f"/nyhetsbrev/blokker/{first.public_id}/flytt/", {"way": "up"})

    assert scene.me.post(scene.edit, written("Mitt", seen)).status_code == 302
    assert [row.heading for row in scene.newsletter.blocks.all()] == ["Sist", "Overskrift: Mitt"]


def test_a_block_that_was_taken_out_meanwhile_is_not_found_and_no_other_is_changed(scene, editor):
    seen = hidden(scene.me.get(scene.edit))
    rest = add_block(scene.newsletter, by=editor, heading="Rest", body="<p>Rest</p>")
    scene.other.post(f"/nyhetsbrev/blokker/{scene.block.public_id}/slett/")

    for address in (scene.edit, scene.autosave):
        assert scene.me.post(address, written("Mitt", seen)).status_code == 404
    assert scene.me.post(f"/nyhetsbrev/blokker/{scene.block.public_id}/flytt/").status_code == 404
    assert [stored(row) for row in scene.newsletter.blocks.all()] == [("Rest", "<p>Rest</p>")]
    assert Block.objects.get() == rest


def test_what_i_typed_is_kept_when_the_newsletter_was_sent_to_approval_meanwhile(scene, editor):
    seen = hidden(scene.me.get(scene.edit))
    send(scene.newsletter, by=editor)
    page = scene.me.post(scene.edit, written("Mitt", seen))
    answer = scene.me.post(scene.autosave, written("Mitt", seen))

    sentence = "Nyhetsbrevet er «til godkjenning». Trekk det tilbake til utkast for å endre det."
    assert page.status_code == answer.status_code == 422
    assert sentence in text(page)
    assert answer.json()["sentence"] == sentence
    assert ">\nMitt</textarea>" in body(page)
    assert stored(scene.block)[1] == "<p>Slik det sto.</p>"


def facts(title, version, **more) -> dict[str, str]:
    return {"title": title, "year": "2026", "number": "1", "version": version, **more}


def test_facts_that_somebody_else_changed_meanwhile_are_shown_beside_mine(scene):
    seen = hidden(scene.me.get(scene.facts))
    scene.other.post(scene.facts, facts("Karis tittel", seen, period="juni"))
    page = scene.me.post(scene.facts, facts("Min tittel", seen))

    assert page.status_code == 422
    assert "Opplysningene er endret siden du åpnet dem" in text(page)
    assert "«Karis tittel», juni, –" in text(page)
    assert 'value="Min tittel"' in body(page)
    assert "Lagre min likevel" in text(page)
    assert Newsletter.objects.get().title == "Karis tittel"

    again = scene.me.post(scene.facts, facts("Min tittel", hidden(page)))
    assert again.status_code == 302
    assert Newsletter.objects.get().title == "Min tittel"


def test_facts_of_what_was_thrown_away_meanwhile_are_not_found(scene, editor):
    actions.discard_newsletter(newsletter=scene.newsletter, by=editor)

    for address in (scene.facts, scene.edit, scene.autosave):
        assert scene.me.post(address, facts("Min tittel", "1")).status_code == 404


def test_what_was_changed_since_it_was_read_is_not_approved(scene, editor, chair, client_of):
    """It was taken back, changed and sent again while the leader was reading."""
    send(scene.newsletter, by=editor)
    page = f"/nyhetsbrev/{scene.newsletter.public_id}/"
    leader = client_of(chair)
    read = hidden(leader.get(page), "content")
    actions.withdraw_newsletter(newsletter=scene.newsletter, by=editor)
    scene.other.post(scene.edit, written("Karis", hidden(scene.other.get(scene.edit))))
    send(scene.newsletter, by=editor)

    refused = leader.post(f"{page}godkjenn/", {"content": read}, follow=True)
    assert "Nyhetsbrevet er endret siden du åpnet det. Les det på nytt." in text(refused)
    assert not Approval.objects.exists()
    leader.post(f"{page}godkjenn/", {"content": hidden(leader.get(page), "content")})
    assert Approval.objects.get().content == fingerprint(scene.newsletter)


# At the same moment


@pytest.fixture
def people(shared_db, monkeypatch) -> SimpleNamespace:  # noqa: F811
    print_as_text(monkeypatch)
    body = create_body(code="ssu")
    chair, vice_chair = (create_user(role=Role.LEADER) for _ in range(2))
    create_seat(body=body, person=chair, role="leader", side="municipal")
    create_seat(body=body, person=vice_chair, role="deputy_leader", side="hospital")
    editors = [create_user(role=Role.EDITOR) for _ in range(2)]
    return SimpleNamespace(editors=editors, leaders=(chair, vice_chair), editor=editors[0])


@pytest.fixture
def draft(people) -> Newsletter:
    newsletter = create_newsletter(year=2026, number=1, by=people.editor)
    add_block(newsletter, by=people.editor)
    return newsletter


@pytest.fixture
def approved(draft, people) -> Newsletter:
    return approve(draft, by=people.editor, leaders=people.leaders)


def mails():
    return Delivery.objects.filter(kind=Delivery.Kind.NEWSLETTER)


def state() -> str:
    return Newsletter.objects.get().state


def logged(verb) -> int:
    return LogEntry.objects.filter(verb=verb).count()


def test_two_who_publish_make_one_publication_and_one_set_of_mails(approved, people):
    for _reader in range(5):
        create_subscription()

    ends = at_once(
        *(
            lambda editor=editor: actions.publish_newsletter(newsletter=approved, by=editor)
            for editor in people.editors
        )
    )

    assert ends == ["no", "yes"]
    assert state() == State.PUBLISHED
    assert mails().count() == len(set(mails().values_list("subscription", flat=True))) == 5
    assert logged("publiserte nyhetsbrevet") == logged("startet utsendingen") == 1
    assert stored_files() == files_referred_to()


def test_the_worker_and_an_editor_publish_it_once(approved, people):
    create_subscription()
    at = timezone.now() + timedelta(minutes=1)
    actions.schedule_newsletter(newsletter=approved, at=at, by=people.editor)

    at_once(
        lambda: actions.publish_due(now=at + timedelta(minutes=1)),
        lambda: actions.publish_newsletter(newsletter=approved, by=people.editors[1]),
    )

    newsletter = Newsletter.objects.get()
    assert (newsletter.state, newsletter.publish_error) == (State.PUBLISHED, "")
    assert logged("publiserte nyhetsbrevet") == mails().count() == 1


def test_what_is_taken_back_while_it_is_published_is_one_or_the_other(approved, people):
    ends = at_once(
        lambda: actions.publish_newsletter(newsletter=approved, by=people.editor),
        lambda: actions.withdraw_newsletter(newsletter=approved, by=people.leaders[0]),
    )

    assert ends == ["no", "yes"]
    assert {State.PUBLISHED: 1, State.DRAFT: 0}[state()] == logged("publiserte nyhetsbrevet")
    assert stored_files() == files_referred_to()


def test_what_is_changed_while_it_is_printed_is_not_published(approved, people, monkeypatch):
    """Taken back, changed, sent and approved anew while the first print was on its way: what was printed is old."""
    printing = publishing._make

    def change_meanwhile(newsletter, now):
        made = printing(newsletter, now)
        monkeypatch.setattr(publishing, "_make", printing)
        actions.withdraw_newsletter(newsletter=newsletter, by=people.editor)
        add_block(newsletter, by=people.editor, heading="Ny")
        approve(newsletter, by=people.editor, leaders=people.leaders)
        return made

    monkeypatch.setattr(publishing, "_make", change_meanwhile)
    ends = at_once(lambda: actions.publish_newsletter(newsletter=approved, by=people.editor))

    assert ends == ["no"]
    assert state() == State.APPROVED
    assert stored_files() == set()


def test_both_leaders_approve_at_once(draft, people):
    send(draft, by=people.editor)
    content = fingerprint(draft)
    ends = at_once(
        *(
            lambda leader=leader: actions.approve_newsletter(newsletter=draft, content=content, by=leader)
            for leader in people.leaders
        )
    )

    assert ends == ["yes", "yes"]
    assert (state(), Approval.objects.count()) == (State.APPROVED, 2)


def test_the_same_leader_approves_once(draft, people):
    send(draft, by=people.editor)
    content = fingerprint(draft)
    ends = at_once(
        *[lambda: actions.approve_newsletter(newsletter=draft, content=content, by=people.leaders[0])] * 2
    )

    assert ends == ["no", "yes"]
    assert (state(), Approval.objects.count()) == (State.REVIEW, 1)


def test_one_correction_is_begun(approved, people):
    published = actions.publish_newsletter(newsletter=approved, by=people.editor)
    ends = at_once(
        *(
            lambda editor=editor: actions.correct_newsletter(newsletter=published, note="Feil.", by=editor)
            for editor in people.editors
        )
    )

    assert ends == ["no", "yes"]
    assert Newsletter.objects.in_work().get().correction == 1


@pytest.mark.parametrize("first_of_the_year", [True, False])
def test_two_newsletters_get_two_numbers(people, first_of_the_year):
    """Of the first of a year, one may be asked to try again."""
    if not first_of_the_year:
        create_newsletter(year=timezone.localdate().year, number=1, by=people.editor)
    ends = at_once(
        *(
            lambda editor=editor: actions.create_newsletter(title="Nytt", period="", as_of=None, by=editor)
            for editor in people.editors
        )
    )

    numbers = list(Newsletter.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert ends == ["yes", "yes"] or (first_of_the_year and ends == ["no", "yes"])
    assert len(numbers) == ends.count("yes") + (not first_of_the_year)


def test_one_of_two_who_save_a_block_is_asked_to_look_again(draft, people):
    block = draft.blocks.get()
    ends = at_once(
        *(
            lambda editor=editor, words=words: actions.save_block(
                block=block, heading=words, is_sub=False, body="", settings={}, version=block.version, by=editor
            )
            for editor, words in zip(people.editors, ("En", "To"), strict=True)
        )
    )  # fmt: skip

    assert ends == ["no", "yes"]
    block.refresh_from_db()
    assert block.version == 3


def test_what_is_sent_while_somebody_writes_stands_still(draft, people):
    """Either the words are in what is approved, or they are refused."""
    block = draft.blocks.get()
    ends = at_once(
        lambda: actions.send_newsletter(newsletter=draft, by=people.editor),
        lambda: actions.save_block(
            block=block, heading="Ny", is_sub=False, body="", settings={}, version=2, by=people.editors[1]
        ),
    )

    assert state() == State.REVIEW
    assert Block.objects.get().heading == ("Ny" if ends == ["yes", "yes"] else "Overskrift")


def test_blocks_that_two_add_and_move_have_places_of_their_own(draft, people):
    add_block(draft, "coming", by=people.editor)
    one, other = draft.blocks.all()
    at_once(
        lambda: actions.add_block(newsletter=draft, kind="decisions", after=one, by=people.editor),
        lambda: actions.add_block(newsletter=draft, kind="events", after=one, by=people.editors[1]),
        lambda: actions.move_block(block=other, steps=-1, by=people.editor),
    )

    assert list(draft.blocks.values_list("order", flat=True)) == [1, 2, 3, 4]


def test_a_finding_that_two_accept_has_one_reason(draft, people):
    ends = at_once(
        *(
            lambda editor=editor: actions.accept_findings(
                newsletter=draft, code="newsletter_link_dead", found={"a": "Død."}, reason="Siden kommer.", by=editor
            )
            for editor in people.editors
        )
    )  # fmt: skip

    assert ends == ["yes", "yes"]
    assert AcceptedFinding.objects.count() == logged("godtok funn") == 1


def test_two_deliveries_made_at_once_are_one_each(approved, people):
    published = actions.publish_newsletter(newsletter=approved, by=people.editor)
    for _reader in range(3):
        create_subscription()
    at_once(
        *(
            lambda editor=editor: actions.make_deliveries(newsletter=published, by=editor)
            for editor in people.editors
        )
    )

    assert mails().count() == 3


def test_nothing_is_left_when_publishing_fails_half_way(approved, people, monkeypatch):
    """The file is stored, and then the database says no."""

    def fail(**_fields):
        raise RuntimeError("the power went")

    create_subscription()
    monkeypatch.setattr(publishing, "make_deliveries", fail)
    with pytest.raises(RuntimeError):
        actions.publish_newsletter(newsletter=approved, by=people.editor)

    assert state() == State.APPROVED
    assert stored_files() == set()
