"""What is wrong with a newsletter in work: each fault once, at the place where it is mended."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from html import unescape

from django.urls import reverse
from django.utils.translation import gettext as _

from helsefellesskap import rich_text
from helsefellesskap.findings import Finding, subject_of
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato, siden
from helsefellesskap.text_faults import is_rewritten
from newsletters.findings.portfolio import contradictions
from newsletters.findings.texts import Register, faults_in, rewritten_sentence
from newsletters.models import Block, CheckedLink, Newsletter, Picture

Faults = dict[str, list[Finding]]

_HREF = re.compile(r'<a href="([^"]*)"')
_YEAR = re.compile(r"\b20\d\d\b")
OLD_AFTER = 31
"""Days: tables older than this are told of."""

CHOSEN = {
    Block.Kind.FUNDING: "grant",
    Block.Kind.FOCUS: "initiatives",
    Block.Kind.DECISIONS: "meetings",
    Block.Kind.CONTACT: "contacts",
}
"""What must be chosen for a block of each kind to show anything."""


def faults_of(newsletter: Newsletter, *, today: date) -> Faults:
    """What is wrong with one newsletter in work, by the code of the check; asked once however many checks want it."""
    return once(("newsletter-faults", newsletter.pk, today), lambda: _Search(newsletter, today).run())


def links_of(block: Block) -> list[str]:
    """The addresses that the text of a block links to, each once."""
    return list(dict.fromkeys(unescape(url) for url in _HREF.findall(block.body)))


class _Search:
    """One newsletter gone through from top to bottom."""

    def __init__(self, newsletter: Newsletter, today: date) -> None:
        self.newsletter, self.today = newsletter, today
        self.register = once("newsletter-register", Register).on(today)
        self.subject = subject_of(newsletter)
        self.attachments = list(newsletter.attachments.all())
        self.found: Faults = defaultdict(list)

    def run(self) -> Faults:
        self._check_facts()
        pictures: dict[int, list[Picture]] = defaultdict(list)
        for picture in self.newsletter.pictures.all():
            pictures[picture.block_id].append(picture)
        blocks = list(self.newsletter.blocks.all())
        for block, following in zip(blocks, [*blocks[1:], None], strict=False):
            self._check_block(block, following, pictures[block.pk])
        self._check_attachments()
        return self.found

    def say(self, code: str, key: str, about: str, sentence: str, url: str) -> None:
        if all(other.key != key for other in self.found[code]):
            self.found[code].append(Finding(key[:200], about, sentence, url, self.subject))

    def read(self, texts: Iterable[str], place: str, about: str, url: str) -> None:
        """What is wrong with the words that stand in one place."""
        for text in texts:
            for fault in faults_in(text, self.register):
                self.say(fault.code, f"{place}-{fault.what}", about, fault.sentence, url)

    def _check_facts(self) -> None:
        newsletter = self.newsletter
        page = reverse("newsletters:newsletter-update", args=[newsletter.public_id])
        self.read(
            [newsletter.title, newsletter.period, newsletter.correction_note], "facts", str(newsletter), page
        )
        years = {int(year) for year in _YEAR.findall(newsletter.period)}
        if years and not years & {newsletter.year, newsletter.year - 1}:
            sentence = _("Perioden er «%(period)s», men dette er nr. %(number)s/%(year)s.") % {
                "period": newsletter.period,
                "number": newsletter.number,
                "year": newsletter.year,
            }
            self.say("newsletter_period_contradicts", "period", str(newsletter), sentence, page)
        if newsletter.as_of and (self.today - newsletter.as_of).days > OLD_AFTER:
            sentence = _("Tabellene viser %(day)s, %(age)s.") % {
                "day": dato(newsletter.as_of),
                "age": siden(newsletter.as_of),
            }
            self.say("newsletter_as_of_old", "as-of", str(newsletter), sentence, page)

    def _check_block(self, block: Block, following: Block | None, pictures: list[Picture]) -> None:
        page = reverse("newsletters:block-update", args=[block.public_id])
        about = _("%(newsletter)s: %(block)s") % {"newsletter": self.newsletter, "block": block}
        place = f"block-{block.pk}"
        texts = ["\n".join([block.heading, rich_text.to_text(block.body)])]
        texts += [text for row in block.settings.get("contacts", []) for text in (row["role"], row["email"])]
        self.read(texts, place, about, page)
        self._check_links(block, about, page)
        for picture in pictures:
            self._check_picture(picture, about)
        for sentence in self._empty(block, following, has_picture=bool(pictures)):
            self.say("newsletter_block_empty", place, about, sentence, page)
        for sentence in self._wrong_year(block):
            self.say("newsletter_period_contradicts", f"{place}-year", about, sentence, page)
        if block.kind != Block.Kind.TEXT:
            return
        for initiative, sentence in contradictions(block):
            self.say("newsletter_contradicts_portfolio", f"{place}-{initiative.pk}", about, sentence, page)
        is_own = self.register.newest == (self.newsletter.year, self.newsletter.number)
        if not is_own and rich_text.to_text(block.body) in self.register.told:
            sentence = _("Teksten sto ordrett i forrige nyhetsbrev.")
            self.say("newsletter_block_unchanged", place, about, sentence, page)

    def _check_links(self, block: Block, about: str, page: str) -> None:
        for url in links_of(block):
            key = f"block-{block.pk}-{url}"
            link = self.register.links.get(url)
            if is_rewritten(url):
                self.say("newsletter_link_rewritten", key, about, rewritten_sentence(url), page)
            elif link is not None and link.answer == CheckedLink.Answer.DEAD:
                named = {"url": url[:200], "status": link.status or "–"}
                self.say(
                    "newsletter_link_dead", key, about, _("%(url)s finnes ikke (%(status)s).") % named, page
                )
            elif link is not None:
                self.say(
                    "newsletter_link_silent", key, about, _("%(url)s svarte ikke.") % {"url": url[:200]}, page
                )

    def _check_picture(self, picture: Picture, about: str) -> None:
        page = reverse("newsletters:picture-update", args=[picture.public_id])
        self.read([picture.alt, picture.caption], f"picture-{picture.pk}", about, page)
        if not picture.alt.strip():
            sentence = _("Bildet har ingen tekst som sier hva det viser.")
            self.say("newsletter_picture_without_text", f"picture-{picture.pk}", about, sentence, page)

    def _empty(self, block: Block, following: Block | None, *, has_picture: bool) -> Iterator[str]:
        """A heading alone is fine when a sub-heading follows."""
        leads_on = block.heading and following is not None and following.is_sub
        chosen = CHOSEN.get(Block.Kind(block.kind))
        if chosen and not block.settings.get(chosen):
            yield _("Velg hva som skal vises.")
        elif block.kind == Block.Kind.ATTACHMENTS and not self.attachments:
            yield _("Nyhetsbrevet har ingen vedlegg.")
        elif block.kind == Block.Kind.TEXT and not block.body and not has_picture and not leads_on:
            yield _("Blokken er tom.")

    def _wrong_year(self, block: Block) -> Iterator[str]:
        """The heading of a table of money names another year than the grant's."""
        grant = self.register.grants.get(str(block.settings.get("grant")))
        years = set(_YEAR.findall(block.heading))
        if grant is not None and years and not years & {str(grant.year), str(grant.used_in)}:
            yield _("Overskriften sier %(years)s, men tabellen gjelder %(grant)s.") % {
                "years": ", ".join(sorted(years)),
                "grant": grant,
            }

    def _check_attachments(self) -> None:
        for attachment in self.attachments:
            page = reverse("newsletters:attachment-update", args=[attachment.public_id])
            about = _("%(newsletter)s: %(attachment)s") % {
                "newsletter": self.newsletter,
                "attachment": attachment,
            }
            key = f"attachment-{attachment.pk}"
            self.read([attachment.title], key, about, page)
            if not attachment.file:
                sentence = _("«%(title)s» er varslet, men ikke lastet opp.") % {"title": attachment.title}
                self.say("newsletter_attachment_missing", key, about, sentence, page)
            for one in attachment.findings:
                if one.get("is_serious"):
                    sentence = str(one["sentence"])
                    self.say("newsletter_attachment_serious", f"{key}-{one['code']}", about, sentence, page)
