"""Every page of money takes as many queries for much as for little."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from funding.documents import funding_table
from funding.models import FundingScheme, Gain, SpendingReport, Transfer
from helsefellesskap import pdf
from portfolio.models import Edition
from tests.factories import (
    create_allocation,
    create_area,
    create_body,
    create_case,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
    create_organisation,
    create_point,
    create_posting,
    create_proposal,
    create_report,
    create_round,
)

pytestmark = pytest.mark.django_db

DAY, LATER = date(2025, 2, 20), date(2025, 4, 1)


class Money:
    """A grant, a round and an initiative that can have more and more of everything."""

    def __init__(self, cast):
        self.cast = cast
        self.grant = create_grant(year=2024, amount=2_000_000_000)
        self.round = create_round(grants=[self.grant], state="prioritising")
        self.body = create_body()
        self.case = create_case(body=self.body, announced=True, state="treated")
        self.meeting = create_meeting(body=self.body, on=DAY, state="approved")
        self.item = create_item(meeting=self.meeting, case=self.case)
        self.initiative = create_initiative()
        create_report(initiative=self.initiative)
        self.first = None
        self.size = 0
        self.grow(1)

    def grow(self, number):
        for _one in range(number):
            self.size += 1
            self.add_grant()
            self.add_money()
            self.add_around()

    def add_grant(self):
        """Of another year and another scheme, with money carried to and fro."""
        scheme = FundingScheme.objects.create(name=f"Ordning {self.size}", slug=f"ordning-{self.size}")
        years = (2024, 2025 + self.size)
        self.others = [create_grant(year=year, scheme=scheme, amount=2_000_000_000) for year in years]
        pairs = ((self.grant, self.others[1]), (self.others[1], self.grant))
        for number, (one, other) in enumerate(pairs):
            Transfer.objects.create(
                from_grant=one, to_grant=other, amount=1000, on=LATER, reason=f"Grunn {number}", made_by=self.cast.editor
            )  # fmt: skip
        self.next_grant = self.others[1]
        self.round.grants.add(self.next_grant)
        create_round(grants=self.others, state="open")

    def add_money(self):
        area = create_area()
        known, internal = (create_initiative(area=area, visibility=one) for one in ("public", "internal"))
        create_report(initiative=known, phases="drift")
        for purpose in (
            {"initiative": self.initiative},
            {"initiative": known},
            {"initiative": internal},
            {"label": f"Noe annet {self.size}", "program_area": area},
        ):
            case = create_case(body=self.body, announced=True, state="treated")
            point = create_point(item=create_item(meeting=self.meeting, case=case))
            for grant in (self.grant, self.next_grant):
                self.add_allocation(grant=grant, decision=point, **purpose)
        point = create_point(item=self.item, number=self.size)
        create_allocation(grant=self.grant, initiative=self.initiative, decision=point, on=DAY)

    def add_allocation(self, **fields):
        recipient = self.cast.contributor.organisation
        money = create_allocation(on=DAY, recipient=recipient, **fields)
        create_posting(allocation=money, kind="raised", change=1000, on=LATER)
        create_allocation(grant=money.grant, planned=True, **{**_purpose(money), "recipient": recipient})
        Transfer.objects.create(
            from_grant=self.grant, to_grant=self.others[0], amount=10, allocation=money, on=LATER, reason="Grunn", made_by=self.cast.editor
        )  # fmt: skip
        self.first = self.first or money

    def add_around(self):
        organisation = create_organisation()
        for initiative in (self.initiative, create_initiative()):
            Gain.objects.create(
                initiative=initiative, description="Gevinst", gainer=organisation, payer=self.cast.contributor.organisation
            )  # fmt: skip
        create_posting(allocation=self.first, kind="raised", change=10, on=LATER, decision=create_point(item=self.item, number=100 + self.size))  # fmt: skip
        SpendingReport.objects.create(
            allocation=self.first, as_of=LATER, spent=10, comment="Brukt", made_by=self.cast.contributor
        )
        for by in (self.cast.contributor, self.cast.outsider):
            for state in ("draft", "submitted", "declined"):
                create_proposal(round_=self.round, by=by, state=state, initiative=self.initiative)
        answered = create_proposal(
            round_=self.round, by=self.cast.contributor, state="prioritised", idea="Ny"
        )
        create_allocation(grant=self.grant, planned=True, label="Ny", proposal=answered)

    def publish(self):
        """An edition of what there is now, as it is stored."""
        table = funding_table(self.grant, AnonymousUser(), day=LATER, today=timezone.localdate())
        edition = Edition(
            kind="funding",
            number=Edition.objects.count() + 1,
            title="Midler",
            as_of=LATER,
            published_by=self.cast.editor,
        )
        edition.data = {**table.as_data(), "grant": str(self.grant.public_id)}
        edition.pdf.save("midler.pdf", ContentFile(b"%PDF-1.7"), save=False)
        edition.save()
        return edition


def _purpose(money):
    if money.initiative is not None:
        return {"initiative": money.initiative}
    return {"label": money.label, "program_area": money.program_area}


def pages(world):
    """Addresses by name; each is asked for by everybody."""
    this = [world.grant.public_id]
    pair = {"fra": world.grant.public_id, "til": world.next_grant.public_id}
    return {
        "home": reverse("home"),
        "grant-list": "/midler/",
        "grant-detail": "/midler/2024/?ordning=ordning",
        "grant-detail of a day": "/midler/2024/?ordning=ordning&dato=2025-06-30",
        "grant-file": "/midler/2024.csv?ordning=ordning",
        "grant-file of a day": "/midler/2024.pdf?ordning=ordning&dato=2025-06-30",
        "grant-compare": f"/midler/sammenlign/?{urlencode(pair)}",
        "grant-allocate": reverse("funding:grant-allocate", args=this),
        "grant-transfer": reverse("funding:grant-transfer", args=this),
        "allocation-detail": world.first.get_absolute_url(),
        "allocation-update": reverse("funding:allocation-update", args=[world.first.public_id]),
        "report-create": reverse("funding:report-create", args=[world.first.public_id]),
        "allocation-letter": reverse("funding:allocation-letter", args=[world.first.public_id]),
        "round-detail": world.round.get_absolute_url(),
        "proposal-answer": reverse("funding:proposal-answer", args=[world.asked.public_id]),
        "edition-list": "/midler/utgaver/",
        "edition-detail": world.edition.get_absolute_url(),
        "gain-list": "/midler/gevinster/",
        "initiative": world.initiative.get_absolute_url(),
        "case": world.case.get_absolute_url(),
    }


def counted(clients, world):
    """How many queries each page takes that answers a person at all."""
    world.edition = world.publish()
    world.asked = world.round.proposals.filter(state="submitted").first()
    found = {}
    for who, client in clients.items():
        for name, url in pages(world).items():
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(url)
            if answer.status_code == 200:
                found[who, name] = len(queries)
    return found


def test_no_page_takes_more_queries_for_more(cast, client_of, monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")
    clients = {who: client_of(getattr(cast, who)) for who in ("editor", "leader", "contributor", "public")}
    world = Money(cast)
    counted({"editor": clients["editor"]}, world)  # once before, to be warm
    few = counted(clients, world)
    world.grow(2)
    more = counted(clients, world)
    world.grow(8)  # eleven of each by now, and a hundred lines in the table
    many = counted({who: clients[who] for who in ("editor", "public")}, world)

    assert {who: sum(one == who for one, _name in few) for who in clients} == {
        "editor": 20,
        "leader": 15,
        "contributor": 16,
        "public": 13,
    }
    assert {page: (few[page], number) for page, number in more.items() if few[page] != number} == {}
    assert {page: (few[page], number) for page, number in many.items() if few[page] != number} == {}
