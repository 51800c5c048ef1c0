"""Every page of newsletters takes as many queries for much as for little."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletters.documents.content import content_of
from newsletters.documents.printing import page_of
from newsletters.models import AcceptedFinding, Block, CheckedLink, Delivery, Download, Newsletter
from tests.factories import (
    create_allocation,
    create_area,
    create_body,
    create_delivery,
    create_event,
    create_follow_up,
    create_funding_decision,
    create_grant,
    create_import,
    create_initiative,
    create_item,
    create_meeting,
    create_newsletter,
    create_point,
    create_report,
    create_subscription,
)
from tests.newsletters.letters import (
    PICTURE,
    add_attachment,
    add_picture,
    print_as_text,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = date(2025, 6, 30)


class Letters:
    """A newsletter in each state, and more and more of all that they have and quote."""

    def __init__(self, people):
        self.people = people
        self.area = create_area()
        self.grant = create_grant(year=2024, amount=2_000_000_000)
        self.decision = create_funding_decision()
        self.body = create_body(code="ssu2")
        self.size = 0
        self.numbers = iter(range(1, 1000))
        self.draft = self._newsletter()
        self.approved = self._newsletter(state="approved")
        self.then = self._newsletter(as_of=DAY)
        self.published = None
        self.grow(1)

    def grow(self, number):
        for _one in range(number):
            self.size += 1
            self._quotable()
            for newsletter in (self.draft, self.approved, self.then):
                self._fill(newsletter)
            for state in ("draft", "review", "approved"):
                self._fill(self._newsletter(state=state))
            self._publish()
            self._subscribers()

    def _newsletter(self, **fields) -> Newsletter:
        return create_newsletter(year=2026, number=next(self.numbers), by=self.people.editor, **fields)

    def _quotable(self):
        """An initiative that goes on and one that is finished, a meeting that decided, one to come, an arrangement."""
        self.initiative, finished = (create_initiative(area=self.area) for _ in range(2))
        create_report(initiative=self.initiative, on=date(2025, 6, 1))
        create_report(initiative=self.initiative, on=TODAY, comment="Siden sist.")
        create_report(initiative=finished, on=TODAY, phases="drift", state="completed")
        create_allocation(grant=self.grant, initiative=self.initiative, decision=self.decision)
        self.meeting = create_meeting(body=self.body, on=TODAY - timedelta(days=self.size), state="approved")
        for _case in range(2):
            item = create_item(meeting=self.meeting, outcome="treated")
            create_point(item=item)
            create_follow_up(case=item.case, due=TODAY + timedelta(days=self.size))
        create_meeting(body=self.body, on=TODAY + timedelta(days=self.size))
        self.event = create_event(on=TODAY + timedelta(days=self.size))

    def _fill(self, newsletter):
        """A block of every kind, with faults, pictures, attachments, and a reason for one of the faults."""
        for kind, chosen in self._choices():
            block = Block.objects.create(
                newsletter=newsletter,
                order=newsletter.blocks.count() + 1,
                kind=kind,
                heading=f"Del {self.size}",
                body=f'<p>Arbeidet er avsluttet, frist 14.1124. <a href="https://example.no/{self.size}">Les</a></p>',
                settings=chosen,
                changed_by=self.people.editor,
            )
        self.block = block
        add_picture(block, alt="")
        add_attachment(newsletter, content=PICTURE)
        announced = add_attachment(newsletter, content=b"")
        AcceptedFinding.objects.create(
            newsletter=newsletter,
            check_code="newsletter_attachment_missing",
            key=f"attachment-{announced.pk}",
            reason="Kommer snart.",
            accepted_by=self.people.editor,
        )
        CheckedLink.objects.get_or_create(
            url=f"https://example.no/{self.size}", defaults={"answer": "dead", "status": 404}
        )
        newsletter.writers.add(self.people.leader)

    def _choices(self):
        initiatives = {"initiatives": [str(self.initiative.public_id)]}
        events = {"events": [str(self.event.public_id)]}
        return [
            ("text", initiatives),
            ("handlingsdel", {"scope": "all"}),
            ("handlingsdel", {"scope": "areas", "areas": [self.area.code]}),
            ("handlingsdel", {"scope": "changed"}),
            ("handlingsdel", {"scope": "changed", "since": "2025-06-15"}),
            ("funding", {"grant": str(self.grant.public_id)}),
            ("focus", initiatives),
            ("decisions", {"meetings": [str(self.meeting.public_id)]}),
            ("coming", {}),
            ("coming", {"days": 30}),
            ("events", {}),
            ("events", events),
            ("finished", {}),
            ("finished", initiatives | events),
            ("contact", {"contacts": [{"role": "Rådgiver", "email": "post@example.no"}]}),
            ("attachments", {}),
        ]

    def _publish(self):
        """One made of what the draft says now, with its versions, readers and mails."""
        content = content_of(self.draft, today=TODAY) | {"published_on": TODAY.isoformat()}
        number = next(self.numbers)
        for correction in range(2):
            newsletter = create_newsletter(
                year=2026,
                number=number,
                correction=correction,
                correction_note="Rettet." if correction else "",
                published=True,
                by=self.people.editor,
                data=content,
                page=page_of(content),
            )
            newsletter.initiatives.add(self.initiative)
        self._fill(newsletter)
        self.published = self.published or newsletter
        Download.objects.create(newsletter=newsletter, what="pdf", on=TODAY, count=3)
        for state in (*Delivery.State.values, "uncertain"):
            create_delivery(newsletter=self.published, state=state)
            create_delivery(newsletter=newsletter, state=state)
        create_delivery(newsletter=self.published, kind="test", email="editor@example.no")

    def _subscribers(self):
        rows = [{"row": n, "email": f"ny{n}@example.no", "text": ""} for n in range(1, self.size + 1)]
        self.list = create_import(rows=rows, by=self.people.editor)
        self.subscriber = create_subscription(imported_in=self.list)
        for _mail in range(self.size):
            create_delivery(subscription=self.subscriber, newsletter=self._newsletter(published=True))
        create_subscription(state="waiting")


OFFERING = ("handlingsdel", "funding", "focus", "decisions", "finished")
"""The kinds of blocks whose forms have something to choose among."""


def pages(world) -> dict[str, str]:
    """Addresses by name; each is asked for by everybody."""

    def of(name, thing):
        return reverse(f"newsletters:{name}", args=[thing.public_id])

    number = [world.published.year, world.published.number]
    opened = {
        f"block-update of {block.kind}": of("block-update", block)
        for block in world.draft.blocks.filter(kind__in=OFFERING).order_by("pk")
    }
    return {
        "home": reverse("home"),
        "quality": reverse("quality"),
        "newsletter-list": "/nyhetsbrev/",
        "newsletter-feed": "/feed/nyhetsbrev/",
        "newsletter-detail": world.published.get_absolute_url(),
        "newsletter-version": reverse("newsletters:newsletter-version", args=[*number, 1]),
        "newsletter-draft": of("newsletter-draft", world.draft),
        "newsletter-draft of a day": of("newsletter-draft", world.then),
        "newsletter-print": of("newsletter-print", world.draft),
        "newsletter-edit": of("newsletter-edit", world.draft),
        "newsletter-check": of("newsletter-check", world.draft),
        "newsletter-publish": of("newsletter-publish", world.approved),
        "newsletter-create": "/nyhetsbrev/ny/",
        "newsletter-update": of("newsletter-update", world.draft),
        **opened,
        "block-preview": of("block-preview", world.draft.blocks.last()),
        "delivery-list": of("delivery-list", world.published),
        "subscription-list": "/nyhetsbrev/abonnenter/",
        "subscription-detail": of("subscription-detail", world.subscriber),
        "import-create": "/nyhetsbrev/abonnenter/import/",
        "import-detail": of("import-detail", world.list),
        "initiative": world.initiative.get_absolute_url(),
    }


def counted(clients, world) -> dict[tuple[str, str], int]:
    """How many queries each page takes that answers a person at all."""
    found = {}
    for who, client in clients.items():
        for name, url in pages(world).items():
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(url)
            if answer.status_code == 200:
                found[who, name] = len(queries)
    return found


def test_no_page_takes_more_queries_for_more(cast, chair, client_of, monkeypatch):
    """With three of everything, and three more newsletters in every state."""
    print_as_text(monkeypatch)
    cast.chair = chair
    clients = {who: client_of(getattr(cast, who)) for who in ("editor", "chair", "public")}
    world = Letters(cast)
    counted({"public": clients["public"]}, world)  # once before, to be counted as a reader of today
    few = counted(clients, world)
    world.grow(2)
    more = counted(clients, world)

    assert {who: sum(one == who for one, _name in few) for who in clients} == {
        "editor": 26,
        "chair": 12,
        "public": 6,
    }
    assert {page: (few[page], number) for page, number in more.items() if few[page] != number} == {}
