"""What is not in order in the newsletters that are in work: texts, links, pictures and attachments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from funding.models import Grant
from helsefellesskap import findings, rich_text
from helsefellesskap.findings import Finding, subject_of
from helsefellesskap.norwegian import find_national_id
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato
from helsefellesskap.text_faults import (
    broken_dates,
    contradicting_periods,
    is_rewritten,
    mended_date,
    misspelt,
    original_of,
)
from meetings.models import Body, Meeting
from meetings.rules.mentions import mentions
from newsletters import permissions
from newsletters.models import Block, CheckedLink, Newsletter
from portfolio.models import Initiative, StatusReport

_HREF = re.compile(r'<a href="([^"]*)"')
_FINISHED = re.compile(r"\b(avslutta|avsluttet|ferdigstilt|ferdigstilte|sluttført)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b20\d\d\b")

Faults = dict[str, list[Finding]]

CHECKS: list[tuple[str, str | Promise, str | Promise, bool]] = [
    (
        "newsletter_link_rewritten",
        gettext_lazy("Lenke skrevet om av en e-postskanner"),
        gettext_lazy(
            "Lenken går om et filter, forteller hvem som klikket, og slutter å virke. Sett inn den opprinnelige."
        ),
        True,
    ),
    ("newsletter_link_dead", gettext_lazy("Død lenke"), gettext_lazy("Siden finnes ikke lenger."), True),
    (
        "newsletter_link_silent",
        gettext_lazy("Lenke som ikke svarte"),
        gettext_lazy("Serveren svarte ikke da vi prøvde. Prøv lenken selv."),
        False,
    ),
    (
        "newsletter_picture_without_text",
        gettext_lazy("Bilde uten tekst"),
        gettext_lazy("Den som ikke ser bildet, må få vite hva det viser (WCAG 1.1.1)."),
        True,
    ),
    (
        "newsletter_attachment_missing",
        gettext_lazy("Vedlegg mangler"),
        gettext_lazy("Brevet varsler et vedlegg som ikke er lastet opp."),
        True,
    ),
    (
        "newsletter_attachment_serious",
        gettext_lazy("Vedlegg som ikke bør publiseres"),
        gettext_lazy("Filen inneholder noe som ikke hører hjemme på nettet."),
        True,
    ),
    (
        "newsletter_date_broken",
        gettext_lazy("Dato som ikke finnes"),
        gettext_lazy("Leseren kan ikke vite hvilken dag som menes."),
        True,
    ),
    (
        "newsletter_period_contradicts",
        gettext_lazy("År eller periode som motsier seg selv"),
        gettext_lazy("Perioden slutter før den begynner, eller året stemmer ikke med innholdet."),
        True,
    ),
    (
        "newsletter_national_id",
        gettext_lazy("Fødselsnummer"),
        gettext_lazy("Fødselsnummer skal aldri på nettet (offentlegforskrifta § 7)."),
        True,
    ),
    (
        "newsletter_meeting_held",
        gettext_lazy("Teksten viser til et møte som er holdt"),
        gettext_lazy("Noe omtales som kommende, men møtet er over."),
        True,
    ),
    (
        "newsletter_decision_not_made",
        gettext_lazy("Teksten viser til et vedtak som ikke er gjort"),
        gettext_lazy("Møtet som skal ha vedtatt det, er ikke holdt."),
        True,
    ),
    (
        "newsletter_contradicts_portfolio",
        gettext_lazy("Teksten og handlingsdelen sier ikke det samme"),
        gettext_lazy(
            "Den ene sier at arbeidet er avsluttet, den andre at det er i gang. Rett den som tar feil."
        ),
        True,
    ),
    (
        "newsletter_name_misspelt",
        gettext_lazy("Navn skrevet på to måter"),
        gettext_lazy("Et navn står annerledes her enn i registeret."),
        False,
    ),
    (
        "newsletter_block_empty",
        gettext_lazy("Tom blokk"),
        gettext_lazy("Blokken har verken tekst eller innhold."),
        False,
    ),
]


def faults_of(newsletter: Newsletter, *, today: date) -> Faults:
    """What is wrong with one newsletter in work, by the code of the check; asked once however many checks want it."""
    return once(("newsletter-faults", newsletter.pk, today), lambda: _faults_of(newsletter, today))


def _faults_of(newsletter: Newsletter, today: date) -> Faults:
    found: Faults = defaultdict(list)
    blocks = list(newsletter.blocks.prefetch_related("pictures"))
    register = _Register(newsletter.as_of or today)
    facts = reverse("newsletters:newsletter-update", args=[newsletter.public_id])
    for text in (newsletter.title, newsletter.period):
        _check_text(found, newsletter, text, str(newsletter), facts, "facts", register)
    for block in blocks:
        page = reverse("newsletters:block-update", args=[block.public_id])
        about = _("%(newsletter)s: %(block)s") % {"newsletter": newsletter, "block": block}
        text = "\n".join([block.heading, rich_text.to_text(block.body)])
        _check_text(found, newsletter, text, about, page, f"block-{block.pk}", register)
        _check_links(found, newsletter, block, about, page, register)
        _check_block(found, newsletter, block, about, page, register)
    _check_attachments(found, newsletter)
    return found


class _Register:
    """What texts are held up against, asked once for a newsletter."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.codes = [code.upper() for code in Body.objects.values_list("code", flat=True)]
        self.held = {
            (code.upper(), on)
            for code, on in Meeting.objects.exclude(state=Meeting.State.CANCELLED)
            .filter(day__isnull=False)
            .values_list("body__code", "day")
        }
        self.names = [settings.SITE_NAME, *Organisation.objects.order_by("pk").values_list("name", flat=True)]
        links = CheckedLink.objects.exclude(answer__in=[CheckedLink.Answer.WORKS, CheckedLink.Answer.WAITING])
        self.grants = {str(grant.public_id): grant for grant in Grant.objects.select_related("scheme")}
        self.links = {link.url: link for link in links}


def _say(found: Faults, code: str, key: str, about: str, sentence: str, url: str, subject: str) -> None:
    if all(other.key != key for other in found[code]):
        found[code].append(Finding(key=key, about=about, sentence=sentence, url=url, subject=subject))


def _check_text(
    found: Faults, newsletter: Newsletter, text: str, about: str, page: str, place: str, register: _Register
) -> None:
    def say(code: str, what: str, sentence: str) -> None:
        _say(found, code, f"{place}-{what}"[:200], about, sentence, page, subject_of(newsletter))

    for written in broken_dates(text):
        meant = mended_date(written)
        hint = _(" Mente du %(meant)s?") % {"meant": meant} if meant else ""
        say("newsletter_date_broken", written, _("«%(date)s» er ingen dato.") % {"date": written} + hint)
    for written in contradicting_periods(text):
        say(
            "newsletter_period_contradicts",
            written,
            _("«%(period)s» kan ikke være en periode.") % {"period": written},
        )
    if find_national_id(text):
        say("newsletter_national_id", "id", _("Teksten ser ut til å inneholde et fødselsnummer."))
    for written, name in misspelt(text, register.names):
        say(
            "newsletter_name_misspelt",
            written,
            _("«%(written)s» skrives «%(name)s» i registeret.") % {"written": written, "name": name},
        )
    for mention in mentions(text, register.codes):
        named = {"body": mention.code, "day": dato(mention.day), "sentence": mention.sentence[:200]}
        if mention.is_decision and mention.day > register.day:
            say(
                "newsletter_decision_not_made",
                f"{mention.code}-{mention.day}",
                _("«%(sentence)s» – men møtet %(body)s %(day)s er ikke holdt.") % named,
            )
        elif mention.is_ahead and mention.day < register.day and (mention.code, mention.day) in register.held:
            say(
                "newsletter_meeting_held",
                f"{mention.code}-{mention.day}",
                _("«%(sentence)s» – men møtet %(body)s %(day)s er over.") % named,
            )


def links_of(block: Block) -> list[str]:
    """The addresses that the text of a block links to, each once."""
    return list(dict.fromkeys(unescape(url) for url in _HREF.findall(block.body)))


def _check_links(
    found: Faults, newsletter: Newsletter, block: Block, about: str, page: str, register: _Register
) -> None:
    for url in links_of(block):
        code, sentence = "", ""
        if is_rewritten(url):
            code = "newsletter_link_rewritten"
            original = original_of(url)
            sentence = (
                _("Lenken er skrevet om. Den opprinnelige er %(url)s") % {"url": original[:200]}
                if original
                else _("Lenken er skrevet om: %(url)s") % {"url": url[:120]}
            )
        elif (link := register.links.get(url)) is not None:
            is_dead = link.answer == CheckedLink.Answer.DEAD
            code = "newsletter_link_dead" if is_dead else "newsletter_link_silent"
            sentence = (
                _("%(url)s finnes ikke (%(status)s).") % {"url": url[:200], "status": link.status or "–"}
                if is_dead
                else _("%(url)s svarte ikke.") % {"url": url[:200]}
            )
        if code:
            key = f"block-{block.pk}-{url}"[:200]
            _say(found, code, key, about, sentence, page, subject_of(newsletter))


def _check_block(
    found: Faults, newsletter: Newsletter, block: Block, about: str, page: str, register: _Register
) -> None:
    pictures = list(block.pictures.all())
    for picture in pictures:
        if not picture.alt.strip():
            url = reverse("newsletters:picture-update", args=[picture.public_id])
            key = f"picture-{picture.pk}"
            sentence = _("Bildet har ingen tekst som sier hva det viser.")
            _say(found, "newsletter_picture_without_text", key, about, sentence, url, subject_of(newsletter))
    if block.kind == Block.Kind.TEXT and not block.body and not pictures:
        key = f"block-{block.pk}"
        _say(found, "newsletter_block_empty", key, about, _("Blokken er tom."), page, subject_of(newsletter))
    if block.kind == Block.Kind.FUNDING:
        grant = register.grants.get(str(block.settings.get("grant")))
        years = set(_YEAR.findall(block.heading))
        if grant is not None and years and not years & {str(grant.year), str(grant.used_in)}:
            sentence = _("Overskriften sier %(years)s, men tabellen gjelder %(grant)s.") % {
                "years": ", ".join(sorted(years)),
                "grant": grant,
            }
            key = f"block-{block.pk}-year"
            _say(found, "newsletter_period_contradicts", key, about, sentence, page, subject_of(newsletter))
    if block.kind == Block.Kind.TEXT:
        _check_against_portfolio(found, newsletter, block, about, page)


def _check_against_portfolio(
    found: Faults, newsletter: Newsletter, block: Block, about: str, page: str
) -> None:
    for initiative, sentence in _contradictions(block):
        key = f"block-{block.pk}-{initiative.pk}"
        _say(found, "newsletter_contradicts_portfolio", key, about, sentence, page, subject_of(newsletter))


def _contradictions(block: Block) -> Iterator[tuple[Initiative, str]]:
    """The initiatives that a text says are finished, and whose newest report does not; with a sentence."""
    says = _FINISHED.search(rich_text.to_text(block.body))
    if says is None or not block.settings.get("initiatives"):
        return
    about_these = Initiative.objects.filter(public_id__in=block.settings["initiatives"])
    for initiative in about_these.live().with_status().order_by("pk"):
        report: Any = initiative.latest_report
        if report is None or report.state in {StatusReport.State.COMPLETED, StatusReport.State.NOT_STARTED}:
            continue
        yield (
            initiative,
            _(
                "Teksten sier «%(word)s» om «%(title)s»; handlingsdelen sier «%(phase)s», %(state)s, meldt %(day)s."
            )
            % {
                "word": says[0],
                "title": initiative.title,
                "phase": report.phase_name,
                "state": report.get_state_display().lower(),
                "day": dato(report.reported_on),
            },
        )


@findings.register(
    code="published_contradicts_portfolio",
    title=gettext_lazy("Det siste nyhetsbrevet og handlingsdelen sier ikke det samme"),
    why=gettext_lazy(
        "Leserne har fått vite at arbeidet er avsluttet. Meld status på nytt, eller rett brevet."
    ),
    is_serious=False,
    order=59,
)
def published_contradicts_portfolio(user: Any, today: date) -> Iterator[Finding]:
    if not permissions.can_read_drafts(user):
        return
    newest = Newsletter.objects.newest().light().newest_first().first()
    for block in newest.blocks.filter(kind=Block.Kind.TEXT) if newest else ():
        for initiative, sentence in _contradictions(block):
            yield Finding(
                key=f"block-{block.pk}-{initiative.pk}",
                about=initiative.title,
                sentence=f"{newest}: {sentence}",
                url=initiative.get_absolute_url(),
                subject=subject_of(initiative),
            )


def _check_attachments(found: Faults, newsletter: Newsletter) -> None:
    for attachment in newsletter.attachments.all():
        page = reverse("newsletters:attachment-update", args=[attachment.public_id])
        about = _("%(newsletter)s: %(attachment)s") % {"newsletter": newsletter, "attachment": attachment}
        key = f"attachment-{attachment.pk}"
        subject = subject_of(newsletter)
        if not attachment.file:
            sentence = _("«%(title)s» er varslet, men ikke lastet opp.") % {"title": attachment.title}
            _say(found, "newsletter_attachment_missing", key, about, sentence, page, subject)
        for one in attachment.findings:
            if one.get("is_serious"):
                _say(
                    found,
                    "newsletter_attachment_serious",
                    f"{key}-{one['code']}",
                    about,
                    str(one["sentence"]),
                    page,
                    subject,
                )


def _register(number: int, code: str, title: str | Promise, why: str | Promise, *, is_serious: bool) -> None:
    @findings.register(code=code, title=title, why=why, is_serious=is_serious, order=60 + number)
    def find(user: Any, today: date) -> Iterator[Finding]:
        if permissions.can_read_drafts(user):
            can_mend = permissions.can_edit_newsletters(user)
            for newsletter in _in_work():
                for finding in faults_of(newsletter, today=today).get(code, []):
                    yield finding if can_mend else replace(finding, url=newsletter.get_absolute_url())


def _in_work() -> Iterable[Newsletter]:
    return once("newsletters-in-work", lambda: list(Newsletter.objects.in_work().light().newest_first()))


for _number, (_code, _title, _why, _is_serious) in enumerate(CHECKS):
    _register(_number, _code, _title, _why, is_serious=_is_serious)
