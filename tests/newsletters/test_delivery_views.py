"""The page of a sending: who follows it, who acts, and that it redraws itself as long as something happens."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletters.models import Delivery
from tests.factories import create_delivery, create_newsletter, create_subscription
from tests.portfolio.test_get_writes_nothing import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(editor):
    return create_newsletter(published=True, by=editor)


@pytest.fixture
def editing(client_of, editor):
    return client_of(editor)


def url_of(newsletter) -> str:
    return f"/nyhetsbrev/{newsletter.public_id}/utsending/"


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# Who gets in

ANSWERS = {
    "public": (302, 302),
    "member": (403, 404),
    "outsider": (403, 404),
    "contributor": (403, 404),
    "admin": (403, 404),
    "leader": (200, 200),
    "editor": (200, 200),
}


@pytest.mark.parametrize("who", ANSWERS)
def test_the_secretariat_and_leaders_follow_a_sending(cast, client_of, newsletter, who):
    draft = create_newsletter(by=cast.editor)
    client = client_of(getattr(cast, who))

    assert tuple(client.get(url_of(one)).status_code for one in (newsletter, draft)) == ANSWERS[who]


@pytest.mark.parametrize("who", ["public", "member", "outsider", "contributor", "leader", "admin"])
@pytest.mark.parametrize("fields", [{"stans": "1"}, {"fortsett": "1"}, {"send": "x"}, {"la-vaere": "x"}, {}])
def test_nobody_but_the_secretariat_acts(cast, client_of, newsletter, who, fields):
    wrong = create_delivery(newsletter=newsletter, state="refused")
    for state in ("waiting", "stopped"):
        create_delivery(newsletter=newsletter, state=state)
    client = client_of(getattr(cast, who))
    before = rows()
    fields = {name: str(wrong.pk) if value == "x" else value for name, value in fields.items()}
    answers = [
        client.post(url_of(newsletter), fields).status_code,
        client.post(url_of(newsletter) + "prove/").status_code,
    ]

    assert answers == [302 if who == "public" else 403] * 2
    assert rows() == before


def test_a_leader_sees_no_address_and_no_button(client_of, leader, newsletter):
    create_delivery(newsletter=newsletter, state="refused", email="hemmelig@example.no")
    create_delivery(newsletter=newsletter)
    text = client_of(leader).get(url_of(newsletter)).content.decode()

    assert "hemmelig@example.no" not in text
    assert not re.search(r'name="(stans|fortsett|send|la-vaere)"', text)
    assert "En abonnent" in text


# What it says


def test_the_page_says_how_far_it_has_come(editing, newsletter, settings):
    settings.MAIL_PER_MINUTE = 1
    for state in ("sent", "sent", "waiting", "waiting", "refused", "uncertain"):
        create_delivery(newsletter=newsletter, state=state)
    response = editing.get(url_of(newsletter))

    assert "2 av 6 sendt , 1 avvist, 1 usikker" in words(response)
    assert "Det sendes inntil 1 e-poster i minuttet. Ferdig om omtrent 2 minutter" in words(response)
    assert '<progress max="6" value="4" aria-labelledby="framdrift">' in " ".join(
        response.content.decode().split()
    )


@pytest.mark.parametrize(
    ("states", "redraws"),
    [
        (["waiting", "sent"], True),
        (["sending"], True),
        (["sent", "refused", "uncertain"], False),
        (["sent", "stopped"], False),
        ([], False),
    ],
)
def test_it_redraws_itself_as_long_as_something_happens(editing, newsletter, states, redraws):
    for state in states:
        create_delivery(newsletter=newsletter, state=state)

    assert ('hx-trigger="every 5s"' in editing.get(url_of(newsletter)).content.decode()) is redraws


def test_a_test_on_its_way_redraws_it_too(editing, newsletter):
    create_delivery(kind="test", newsletter=newsletter, email="editor@example.no")
    assert 'hx-trigger="every 5s"' in editing.get(url_of(newsletter)).content.decode()


def test_htmx_gets_the_part_alone_and_hears_when_it_is_done(editing, newsletter):
    one = create_delivery(newsletter=newsletter)
    headers = {"HX-Request": "true", "HX-Target": "utsending"}
    under_way = editing.get(url_of(newsletter), headers=headers)
    Delivery.objects.filter(pk=one.pk).update(state="sent", sent_at=timezone.now())
    done = editing.get(url_of(newsletter), headers=headers)

    assert ["<html" in response.content.decode() for response in (under_way, done)] == [False, False]
    assert ("HX-Trigger" in under_way, "announce" in done["HX-Trigger"]) == (False, True)


def test_it_says_when_the_background_work_stands_still(editing, newsletter):
    create_delivery(newsletter=newsletter, created_at=timezone.now() - timedelta(hours=1))
    assert "bakgrunnsarbeidet ser ut til å ha stanset" in words(editing.get(url_of(newsletter)))


def test_a_draft_has_nothing_to_follow_yet(editing, editor):
    draft = create_newsletter(by=editor)
    assert "Ikke sendt ennå" in words(editing.get(url_of(draft)))


def test_the_page_takes_as_many_queries_for_much_as_for_little(
    editing, newsletter, django_assert_num_queries
):
    for _n in range(3):
        create_delivery(newsletter=newsletter, state="refused")
    url = url_of(newsletter)
    editing.get(url)
    with django_assert_num_queries(7):
        editing.get(url)
    for _n in range(5):
        create_delivery(newsletter=newsletter, state="uncertain")
    with django_assert_num_queries(7):
        editing.get(url)


# What is done there


def test_the_buttons_stop_and_resume(editing, newsletter):
    for _n in range(2):
        create_delivery(newsletter=newsletter)
    url = url_of(newsletter)

    assert editing.post(url, {"stans": "1"}).url == url
    assert set(Delivery.objects.values_list("state", flat=True)) == {"stopped"}
    assert "Utsendingen er ikke stanset" not in words(editing.post(url, {"stans": "1"}, follow=True))
    assert editing.post(url, {"fortsett": "1"}).url == url
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}


@pytest.mark.parametrize(("name", "state"), [("send", "waiting"), ("la-vaere", "left")])
def test_the_buttons_decide_about_a_mail(editing, newsletter, name, state):
    one = create_delivery(newsletter=newsletter, state="uncertain")
    assert f'name="{name}"' in editing.get(url_of(newsletter)).content.decode()
    editing.post(url_of(newsletter), {name: str(one.pk)})

    one.refresh_from_db()
    assert one.state == state
    assert "allerede" not in words(editing.post(url_of(newsletter), {name: str(one.pk)}, follow=True))
    one.refresh_from_db()
    assert one.state == state


@pytest.mark.parametrize("posted", ["", "x", "-1", "9" * 30, "other"])
@pytest.mark.parametrize("name", ["send", "la-vaere"])
def test_what_is_none_of_its_mails_is_not_found(editing, newsletter, posted, name):
    other = create_delivery(state="refused")
    value = str(other.pk) if posted == "other" else posted

    assert editing.post(url_of(newsletter), {name: value}).status_code == 404
    other.refresh_from_db()
    assert other.state == "refused"


def test_why_not_is_told_in_a_sentence(editing, newsletter):
    gone = create_delivery(
        newsletter=newsletter, subscription=create_subscription(state="ended"), state="refused"
    )
    answer = editing.post(url_of(newsletter), {"send": str(gone.pk)}, follow=True)

    assert "Abonnementet er avsluttet, så e-posten sendes ikke på nytt." in words(answer)


def test_a_test_goes_to_the_editor_alone(editing, editor, newsletter):
    create_subscription()
    assert editing.get(url_of(newsletter) + "prove/").status_code == 405
    assert editing.post(url_of(newsletter) + "prove/").url == url_of(newsletter)

    [test] = Delivery.objects.all()
    assert (test.kind, test.email, test.subscription) == ("test", editor.email, None)
    assert f"{editor.email}: venter" in words(editing.get(url_of(newsletter)))


def test_a_test_of_a_draft_leads_back_to_it(editing, editor):
    draft = create_newsletter(by=editor)
    assert editing.post(url_of(draft) + "prove/").url == draft.get_absolute_url()
