"""Pages of subscriptions: who gets in, what a link in a mail does and does not do, and what no page tells."""

import io
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import LogEntry
from newsletters import actions
from newsletters.actions.subscriptions import confirm_url, unsubscribe_url
from newsletters.models import Delivery, SubscriberImport, Subscription
from tests.factories import create_delivery, create_import, create_subscription
from tests.portfolio.test_get_writes_nothing import rows

pytestmark = pytest.mark.django_db

EMAIL = "leser@example.no"
CREATE, RECEIPT = "/nyhetsbrev/abonner/", "/nyhetsbrev/abonner/takk/"
LIST, IMPORT = "/nyhetsbrev/abonnenter/", "/nyhetsbrev/abonnenter/import/"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


def path_of(url: str) -> str:
    return url[url.index("/nyhetsbrev/") :]


def body(response) -> str:
    return response.content.decode()


@pytest.fixture
def public(client_of):
    return client_of(None)


# Who gets in

CLOSED = {
    LIST: ("get",),
    "/nyhetsbrev/abonnenter.csv": ("post",),
    "/nyhetsbrev/abonnenter/{one}/": ("get", "post"),
    "/nyhetsbrev/abonnenter/{one}/slett/": ("get", "post"),
    IMPORT: ("get", "post"),
    "/nyhetsbrev/abonnenter/import/{source}/": ("get", "post"),
}


@pytest.mark.parametrize(
    ("address", "method"), [(address, method) for address, methods in CLOSED.items() for method in methods]
)
@pytest.mark.parametrize("who", ["public", "member", "outsider", "contributor", "leader", "admin"])
def test_addresses_are_for_the_secretariat_alone(cast, client_of, who, address, method):
    one = create_subscription(email=EMAIL)
    source = create_import(rows=[{"row": 1, "email": "ny@example.no", "text": ""}], by=cast.editor)
    client = client_of(getattr(cast, who))
    before = rows()
    response = getattr(client, method)(address.format(one=one.public_id, source=source.public_id))

    assert response.status_code == (302 if who == "public" else 403)
    assert EMAIL not in body(response)
    assert rows() == before


@pytest.mark.parametrize("address", [CREATE, RECEIPT])
@pytest.mark.parametrize("who", ["public", "member", "contributor", "leader", "editor", "admin"])
def test_signing_on_is_open_to_all(cast, client_of, who, address):
    assert client_of(getattr(cast, who)).get(address).status_code == 200


# Signing on


def test_the_answer_never_tells_who_subscribes(public):
    for state in ("active", "waiting", "ended"):
        create_subscription(email=f"{state}@example.no", state=state)
    answers = set()
    for name in ("active", "waiting", "ended", "ukjent", "active"):
        response = public.post(CREATE, {"email": f"{name}@example.no"})
        answers.add(
            (response.status_code, response.url, body(response), str(sorted(response.headers.items())))
        )

    assert {answer[:2] for answer in answers} == {(302, RECEIPT)}
    assert len(answers) == 1
    assert sorted(Delivery.objects.values_list("email", "kind")) == [
        ("active@example.no", "already"),
        ("ended@example.no", "confirm"),
        ("ukjent@example.no", "confirm"),
        ("waiting@example.no", "confirm"),
    ]


@pytest.mark.parametrize(
    "typed", ["", "leser", "leser@", "leser@example", "a b@example.no", f"{'l' * 250}@example.no"]
)
def test_a_mistyped_address_is_told_of_and_kept(public, typed):
    response = public.post(CREATE, {"email": typed})

    assert response.status_code == 422
    assert (f'value="{typed}"' in body(response)) or not typed
    assert "ds-error-summary" in body(response)
    assert not Subscription.objects.exists()


def test_a_program_that_fills_in_everything_changes_nothing(public):
    response = public.post(CREATE, {"email": EMAIL, "website": "https://example.no/"})

    assert (response.status_code, response.url, Subscription.objects.count()) == (302, RECEIPT, 0)


def test_one_address_cannot_sign_on_half_the_country(public, settings):
    settings.ACCOUNT_RATE_LIMITS = {"subscription": "3/h/ip"}
    answers = [public.post(CREATE, {"email": f"leser{n}@example.no"}).status_code for n in range(5)]

    assert answers == [302, 302, 302, 422, 422]
    assert Subscription.objects.count() == 3


# Links in mails


@pytest.fixture
def waiting(db):
    return create_subscription(email=EMAIL, state="waiting")


@pytest.fixture
def active(db):
    return create_subscription(email=EMAIL)


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("page", ["confirm", "end", "end of who waits"])
def test_a_program_that_opens_links_confirms_and_ends_nothing(public, method, page):
    subscription = create_subscription(state="active" if page == "end" else "waiting")
    url = path_of(confirm_url(subscription) if page == "confirm" else unsubscribe_url(subscription))
    before = rows()
    for _time in range(2):
        getattr(public, method)(url)

    assert rows() == before


def test_the_button_confirms(client_of, waiting):
    client, url = client_of(None, enforce_csrf_checks=True), path_of(confirm_url(waiting))
    page = client.get(url)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body(page))[1]
    assert client.post(url).status_code == 403
    assert client.post(url, {"csrfmiddlewaretoken": token}).url == url

    waiting.refresh_from_db()
    assert waiting.state == "active"
    assert "Du får nå nyhetsbrevet" in body(client.get(url))
    assert client.post(url, {"csrfmiddlewaretoken": token}).url == url  # twice is as good as once


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_ends_it_with_one_click(client_of, active, content_type):
    client = client_of(None, enforce_csrf_checks=True)
    fields = {"List-Unsubscribe": "One-Click"}
    if content_type == "multipart/form-data":
        response = client.post(path_of(unsubscribe_url(active)), fields)
    else:
        response = client.post(
            path_of(unsubscribe_url(active)), "List-Unsubscribe=One-Click", content_type=content_type
        )

    active.refresh_from_db()
    assert (response.status_code, active.state) == (200, "ended")


def test_the_button_ends_it_and_pressing_twice_is_fine(client_of, active):
    client, url = client_of(None, enforce_csrf_checks=True), path_of(unsubscribe_url(active))
    assert "Vil du slutte å få nyhetsbrevet?" in body(client.get(url))
    for _time in range(2):
        assert client.post(url).url == url

    active.refresh_from_db()
    assert active.state == "ended"
    assert "Du er meldt av" in body(client.get(url))


def test_coming_back_is_asked_for_and_confirmed(public, active):
    url = path_of(unsubscribe_url(active))
    public.post(url)
    assert public.post(url, {"igjen": "1"}).url == RECEIPT

    active.refresh_from_db()
    assert (active.state, Delivery.objects.get().kind) == ("ended", "confirm")
    public.post(path_of(confirm_url(active)))
    active.refresh_from_db()
    assert active.state == "active"


@pytest.mark.parametrize("address", ["/nyhetsbrev/bekreft/{}/", "/nyhetsbrev/avmeld/{}/"])
@pytest.mark.parametrize("token", ["x", "0" * 32 + ".AAAA", "...", "æøå"])
def test_a_link_that_is_no_link_gets_a_friendly_page(public, address, token):
    for method in ("get", "post"):
        response = getattr(public, method)(address.format(token))
        assert response.status_code == 404
        assert ("Lenken virker ikke lenger" in body(response)) or (
            "Vi finner ikke abonnementet" in body(response)
        )


def test_a_link_of_an_erased_address_gets_a_friendly_page(public, active, editor):
    url = path_of(unsubscribe_url(active))
    actions.erase_subscription(subscription=active, by=editor)
    response = public.post(
        url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )

    assert (response.status_code, "Adressen er slettet" in body(response)) == (404, True)


def test_a_used_link_says_that_one_has_left(public, waiting):
    url = path_of(confirm_url(waiting))
    public.post(url)
    actions.unsubscribe(subscription=Subscription.objects.get())
    response = public.post(url)

    assert (response.status_code, "Du er meldt av" in body(response)) == (200, True)
    assert Subscription.objects.get().state == "ended"


@pytest.mark.parametrize("link", [confirm_url, unsubscribe_url])
@pytest.mark.parametrize("is_known", [True, False])
def test_pages_of_secret_addresses_are_kept_by_nobody(public, waiting, link, is_known):
    response = public.get(path_of(link(waiting)) if is_known else path_of(link(waiting))[:-5] + "/")

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


# The secretariat's list


@pytest.fixture
def editing(client_of, editor):
    return client_of(editor)


@pytest.fixture
def some(editor):
    source = create_import(by=editor, basis="Den gamle lista")
    create_subscription(email="aktiv@example.no")
    create_subscription(email="liste@example.no", imported_in=source, refusals=3)
    create_subscription(email="venter@example.no", state="waiting")
    create_subscription(email="slutt@example.no", state="ended", refusals=5)


def shown(response) -> list[str]:
    return re.findall(r"<th scope=\"row\">\s*<a[^>]+>([\w.]+)@example\.no</a>", body(response))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["aktiv", "liste", "slutt", "venter"]),
        ("?tilstand=active", ["aktiv", "liste"]),
        ("?grunnlag=imported", ["liste"]),
        ("?tilstand=ended&grunnlag=opt_in", ["slutt"]),
        ("?avvist=on", ["liste"]),
        ("?q=SLU", ["slutt"]),
        ("?q=finnes-ikke", []),
        ("?tilstand=tull&side=99", ["aktiv", "liste", "slutt", "venter"]),
    ],
)
def test_the_list_is_narrowed_by_its_address(editing, some, query, found):
    assert shown(editing.get(LIST + query)) == found


def test_the_list_counts_by_state_and_basis(editing, some):
    text = " ".join(re.sub(r"<[^>]+>", " ", body(editing.get(LIST))).split())

    assert "2 abonnerer 1 meldt på selv, 1 fra liste 1 ikke bekreftet" in text
    assert "1 avmeldt tas ikke inn igjen fra liste 1 avvist flere ganger" in text


def test_the_list_answers_htmx_with_the_rows_alone(editing, some):
    response = editing.get(LIST, headers={"HX-Request": "true", "HX-Target": "resultat"})
    assert ("<html" in body(response), shown(response)) == (False, ["aktiv", "liste", "slutt", "venter"])


def test_the_list_is_paged_with_as_many_queries_for_much_as_for_little(
    editing, some, django_assert_max_num_queries
):
    for n in range(150):
        create_subscription(email=f"leser{n:03}@example.no")
    with django_assert_max_num_queries(8):
        first, second = editing.get(LIST), None
    second = editing.get(LIST + "?side=2")

    assert (len(shown(first)), len(shown(second))) == (100, 54)


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_list_is_taken_out_as_filtered_and_that_is_written_down(editing, editor, some, file_format):
    url = f"/nyhetsbrev/abonnenter.{file_format}?tilstand=active"
    assert editing.get(url).status_code == 405
    content = editing.post(url).content

    if file_format == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        cells = [line.split(",")[:4] for line in lines[1:]]
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        cells = [[cell or "" for cell in row[:4]] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert cells == [
        ["aktiv@example.no", "Abonnerer", "Meldt på selv", ""],
        ["liste@example.no", "Abonnerer", "Overtatt fra liste", "Den gamle lista"],
    ]
    entry = LogEntry.objects.get()
    assert (entry.verb, entry.by, entry.new) == ("hentet ut abonnentlista", editor, {"adresser": 2})


def test_no_other_format_is_there(editing):
    assert editing.post("/nyhetsbrev/abonnenter.pdf").status_code == 404


# One subscriber


def test_a_subscribers_page_tells_all_that_is_kept(editing, editor):
    source = create_import(by=editor, basis="Den gamle lista", confirmed_at="2026-01-01T10:00Z")
    one = create_subscription(email=EMAIL, imported_in=source)
    create_delivery(subscription=one, state="refused", error="Finnes ikke.")
    text = body(editing.get(f"{LIST}{one.public_id}/"))

    for words in (EMAIL, "Den gamle lista", "Avvist", "Finnes ikke."):
        assert words in text


def test_the_secretariat_ends_a_subscription_for_somebody_who_asks(editing, editor, active):
    url = f"{LIST}{active.public_id}/"
    assert editing.post(url).url == url

    active.refresh_from_db()
    assert (active.state, LogEntry.objects.get().by) == ("ended", editor)
    assert "Meld av</h2>" not in body(editing.get(url))


def test_an_address_is_erased_after_one_more_question(editing, active):
    url = f"{LIST}{active.public_id}/slett/"
    assert "Det kan ikke angres" in body(editing.get(url))
    assert Subscription.objects.exists()
    assert editing.post(url).url == LIST

    assert not Subscription.objects.exists()
    assert editing.get(url).status_code == 404


# A list that is taken over


def send_list(editing, content=b"E-post\nny@example.no\nfeil\n", name="liste.csv", basis="Den gamle lista"):
    return editing.post(IMPORT, {"file": SimpleUploadedFile(name, content), "basis": basis})


def test_a_list_is_shown_before_anything_is_done_and_then_taken_in(editing):
    url = send_list(editing).url
    assert url == reverse("newsletters:import-detail", args=[SubscriberImport.objects.get().public_id])
    text = " ".join(re.sub(r"<[^>]+>", " ", body(editing.get(url))).split())
    assert "Legg til 1 abonnent " in text
    assert "Nye: 1 Blir abonnenter" in text
    assert "Ugyldige: 1" in text
    assert "3 feil" in text
    assert not Subscription.objects.exists()

    assert editing.post(url).url == url
    assert Subscription.objects.get().email == "ny@example.no"
    assert "Adresselista er tatt inn" in body(editing.get(url))
    editing.post(url)
    assert Subscription.objects.count() == 1


def test_a_list_is_discarded(editing):
    url = send_list(editing).url
    assert editing.post(url, {"forkast": "1"}).url == IMPORT

    assert editing.get(url).status_code == 404
    assert (SubscriberImport.objects.count(), Subscription.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "sentence", "field"),
    [
        ({"content": b""}, "«liste.csv» er tom.", "file"),
        ({"content": b"Navn\nKari\n"}, "Vi fant ingen e-postadresser i «liste.csv».", "file"),
        ({"content": b"%PDF-1.7", "name": "x.pdf"}, "«x.pdf» lot seg ikke lese som en liste.", "file"),
        ({"basis": ""}, "påkrevet", "basis"),
        ({"basis": "Kari <b>Nordmann</b>"}, "Teksten kan ikke inneholde HTML-koder.", "basis"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(editing, fields, sentence, field):
    response = send_list(editing, **fields)

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, [field])
    assert sentence in str(form.errors[field][0])
    assert not SubscriberImport.objects.exists()
    if field == "file":
        assert "Den gamle lista" in body(response)


def test_a_list_that_was_stopped_on_its_way_in_is_told_of(editing, settings):
    settings.UPLOAD_LIMIT = 100
    response = send_list(editing, content=b"a@example.no\n" * 100)

    assert response.status_code == 422
    assert "«liste.csv» er for stor." in str(response.context["form"].errors["file"])


def test_no_list_is_read_from_who_is_not_signed_in(public, monkeypatch):
    monkeypatch.setattr(WSGIRequest, "FILES", property(lambda self: pytest.fail("read")), raising=False)
    assert send_list(public).status_code == 302


def test_what_was_typed_when_the_session_was_over_is_fetched_again(public, editor):
    send_list(public)
    public.force_login(editor)
    text = body(public.get(IMPORT))

    assert ("Den gamle lista" in text, "Det du skrev, er hentet fram" in text) == (True, True)
