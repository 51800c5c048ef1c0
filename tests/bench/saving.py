"""Saving a row in place, beside the plainest view that writes the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio.models import Initiative, Phase
from tests.bench.databases import Database
from tests.bench.pages import sign_in
from tests.bench.timing import Contestant, Result, ratio


class Saves:
    """Each run saves the status of the next initiative that nobody has touched; both sides draw from one pile."""

    def __init__(self, database: Database, client: Client, route: str, pile: Iterator[Initiative]) -> None:
        self.database, self.client, self.route, self.pile = database, client, route, pile

    def make_ready(self) -> None:
        self.database.between_requests()
        self.initiative = next(self.pile)
        newest = self.initiative.latest_report
        self.data = {
            "phase": newest.phase_code,
            "phase_from": newest.phase_from_id,
            "state": "active",
            "reported_on": timezone.localdate().isoformat(),
            "comment": "Løsningen prøves ut i Østre Toten, og erfaringene oppsummeres på nyåret.",
            "next_step": "Møte med fastlegene.",
            "based_on": newest.pk,
        }

    def save(self) -> None:
        target = f"tiltak-{self.initiative.pk}"
        with self.database.chosen():
            response = self.client.post(
                reverse(self.route, args=[self.initiative.slug]),
                self.data,
                headers={"HX-Request": "true", "HX-Target": target},
            )
        if response.status_code != 200 or f'<tr id="{target}">'.encode() not in response.content:
            raise AssertionError(f"{self.route} answered {response.status_code}: {response.content[:500]!r}")

    def writes(self) -> Counter[str]:
        """The statements of one save: how many of each verb."""
        self.make_ready()
        with self.database.chosen(), CaptureQueriesContext(self.database.connection) as queries:
            self.save()
        return Counter(query["sql"].split()[0] for query in queries.captured_queries)


def saving(big: Database) -> Iterator[Result]:
    client = sign_in(big, is_editor=True)
    with big.chosen():
        ready = Initiative.objects.live().filter(
            latest_report__phase_to=None, latest_report__needs_mapping=False
        )
        last = Phase.objects.last()
        pile = iter(
            ready.filter(latest_report__phase_from=last).select_related("latest_report__phase_from")[:500]
        )
    ours = Saves(big, client, "portfolio:status-edit", pile)
    plain = Saves(big, client, "bench-save", pile)
    verbs, plain_verbs = ours.writes(), plain.writes()
    if any(verbs[verb] != plain_verbs[verb] for verb in ("INSERT", "UPDATE", "DELETE")):
        raise AssertionError(f"The plain view writes {plain_verbs}, the application {verbs}.")
    result = ratio(
        "saving a row in place against a plain view",
        Contestant(ours.save, before=ours.make_ready),
        Contestant(plain.save, before=plain.make_ready),
        limit=2,
        rounds=101,
    )
    result.details.update(statements=dict(verbs), reference_statements=dict(plain_verbs))
    yield result
