"""A newsletter from the first word to the reader's mailbox, with script and without, and what it says ever after."""

import hashlib
import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from newsletters import actions
from newsletters.models import Delivery, Newsletter, Subscription
from portfolio.actions import publish_status
from portfolio.models import Initiative
from tests.browser import axe
from tests.browser.conftest import EDITOR, a_status, user

LEADER, DEPUTY = "leder@example.no", "nestleder@example.no"
READER = "ny.leser@example.no"
TITLE = "Nytt før jul"
BODY = "Takk for samarbeidet i år."
REASON = "Slik står det i porteføljen; det rettes ved neste statusrunde."


def main(page: Page):
    return page.get_by_role("main")


def press(page: Page, name: str) -> None:
    main(page).get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    main(page).get_by_role("link", name=name).first.click()


def shows(page: Page, text: str) -> None:
    expect(main(page)).to_contain_text(text)


def subscribe(public: Page, site: str) -> None:
    """Sign on, and confirm from the mail."""
    public.goto("/nyhetsbrev/")
    follow(public, "Få det på e-post")
    public.get_by_label("E-postadresse").fill(READER)
    press(public, "Meld meg på")
    public.wait_for_url("**/abonner/takk/")
    actions.send_waiting_deliveries()
    (message,) = [one for one in mail.outbox if one.to == [READER]]
    public.goto(local(re.search(r"https?://\S+/bekreft/\S+", message.body)[0], site))
    press(public, "Ja, jeg vil ha nyhetsbrevet")
    shows(public, f"Nyhetsbrevet sendes til {READER}")


def local(address: str, site: str) -> str:
    """The same address at the server of this test."""
    return re.sub(r"^https?://[^/]+", site, address)


def begin(editor: Page) -> Newsletter:
    editor.goto("/nyhetsbrev/")
    follow(editor, "Nytt nyhetsbrev")
    editor.get_by_label("Tittel").fill(TITLE)
    editor.get_by_label("Periode").fill("desember 2026")
    editor.get_by_label("Kopier blokkene fra").select_option(label="Begynn uten blokker")
    press(editor, "Begynn å skrive")
    editor.wait_for_url("**/rediger/")
    return Newsletter.objects.get(title=TITLE)


def add(editor: Page, kind: str) -> None:
    """A block last of all."""
    place = main(editor).locator(".block-add").last
    if place.get_attribute("open") is None:
        place.locator("summary").click()
    place.get_by_role("button", name=kind, exact=True).click()
    editor.wait_for_url("**/blokker/*/rediger/**")


def write(editor: Page, *, script: bool) -> None:
    add(editor, "Tekst")
    editor.get_by_label("Overskrift (valgfritt)").fill("Hilsen")
    text = editor.get_by_role("textbox", name="Tekst")
    if script:
        text = text.and_(editor.locator("[contenteditable]"))
        text.click()
        editor.keyboard.type(BODY)
        axe.check(editor)
    else:
        text.fill(BODY)
    press(editor, "Ferdig")
    editor.wait_for_url("**/nyhetsbrev/*/rediger/**")
    add(editor, "Handlingsdel")
    press(editor, "Ferdig")
    editor.wait_for_url("**/nyhetsbrev/*/rediger/**")
    expect(main(editor).locator(".status-table tbody th[scope='row']")).to_have_count(44)


def order(editor: Page, newsletter: Newsletter) -> None:
    """The table first, and last again, by the buttons."""

    def kinds():
        return list(newsletter.blocks.values_list("kind", flat=True))

    press(editor, "Opp «Handlingsdel – status»")
    expect(main(editor).locator(".block").first).to_contain_text("Handlingsdel – status")
    assert kinds() == ["handlingsdel", "text"]
    press(editor, "Ned «Handlingsdel – status»")
    expect(main(editor).locator(".block").first).to_contain_text("Hilsen")
    assert kinds() == ["text", "handlingsdel"]


def give_reasons(editor: Page) -> None:
    """What the table quotes is published with the reason in the log."""
    follow(editor, "Se funnene")
    waiting = main(editor).locator("details", has=editor.locator(".reason-form"))
    while waiting.count():
        waiting.first.locator("summary").click()
        waiting.first.get_by_label("Hvorfor kan brevet publiseres likevel?").fill(REASON)
        waiting.first.get_by_role("button", name="Lagre begrunnelsen").click()
        expect(editor.get_by_text("Begrunnelsen er lagret i loggen.")).to_be_visible()
    shows(editor, "ingen stopper publisering")


def approve(page: Page, newsletter: Newsletter) -> None:
    page.goto("/")
    follow(page, "Les og godkjenn Nyhetsbrev")
    shows(page, BODY)
    press(page, "Godkjenn nyhetsbrevet")
    expect(main(page).get_by_role("button", name="Godkjenn nyhetsbrevet")).to_have_count(0)


def frozen(public: Page, address: str) -> tuple[str, bytes]:
    """The article and the PDF as a reader gets them."""
    public.goto(address)
    article = main(public).locator("article").evaluate("(article) => article.outerHTML")
    return article, public.request.get(f"{address.rstrip('/')}.pdf").body()


@pytest.mark.parametrize("script", [True, False])
def test_a_newsletter_from_the_first_word_to_the_mailbox(browse, watch, site, script):
    watch.expect("status of 404")
    editor, public = browse(EDITOR, script=script), browse(None, script=script)
    leader, deputy = browse(LEADER, script=script), browse(DEPUTY, script=script)
    Subscription.objects.filter(state="active").update(state="ended", ended_at="2026-01-01T12:00Z")
    subscribe(public, site)
    newsletter = begin(editor)
    draft, address = f"/nyhetsbrev/{newsletter.public_id}/", f"/nyhetsbrev/{newsletter.year}/1/"
    write(editor, script=script)
    order(editor, newsletter)

    follow(editor, "Utskrift")
    expect(main(editor).get_by_role("img", name="Side 1")).to_be_visible()
    assert public.goto(draft).url.startswith(f"{site}/konto/login/")
    assert public.goto(address).status == 404

    editor.goto(draft)
    press(editor, "Send til godkjenning")
    give_reasons(editor)
    for page in (leader, deputy):
        approve(page, newsletter)
    assert public.goto(address).status == 404
    editor.goto(draft)
    follow(editor, "Publiser")
    press(editor, "Publiser")
    editor.wait_for_url(f"**{address}")
    shows(editor, "Det sendes til 1 abonnent.")

    actions.send_waiting_deliveries()
    message = mail.outbox[-1]
    assert (message.to, Delivery.objects.get(newsletter=newsletter, kind="newsletter").state) == (
        [READER],
        "sent",
    )
    assert BODY in message.body
    assert f"{newsletter.year}/1.pdf" in message.body

    before = frozen(public, address)
    newsletter.refresh_from_db()
    assert hashlib.sha256(before[1]).hexdigest() == newsletter.sha256
    expect(main(public).locator("code.hash")).to_have_text(newsletter.sha256)
    change_the_portfolio()
    assert frozen(public, address) == before

    leave = re.search(r"https?://\S+/avmeld/\S+", message.body)[0]
    assert public.request.get(local(leave, site)).ok
    assert Subscription.objects.get(email=READER).state == "active"  # fetching the page ends nothing
    public.goto(local(leave, site))
    press(public, "Meld meg av")
    shows(public, "Du er meldt av")
    assert Subscription.objects.get(email=READER).state == "ended"


def change_the_portfolio() -> None:
    initiative = Initiative.objects.in_phase("losning").filter(latest_report__phase_to=None)[0]
    publish_status(
        initiative=initiative,
        status=a_status("Noe helt annet."),
        based_on=initiative.latest_report_id,
        by=user(EDITOR),
    )
    Initiative.objects.filter(pk=initiative.pk).update(title="Et nytt navn")
