"""The demo partnership's organisations and sign-ins."""

import csv
from pathlib import Path

from accounts.models import Organisation, Role, User
from helsefellesskap import demo

PASSWORD = "helsefellesskap"  # noqa: S105 -- public by intent, refused outside a loopback demo
USERS = [
    ("sekretariat@example.no", "Sekretariatet", Role.EDITOR, ""),
    ("leder@example.no", "Leder av SSU", Role.LEADER, ""),
    ("nestleder@example.no", "Nestleder av SSU", Role.LEADER, "Sykehuset Innlandet"),
    ("ssu@example.no", "Medlem av SSU", "", ""),
    ("pa@example.no", "Medlem av PA", "", ""),
    ("bidragsyter@example.no", "Prosjektleder i Valdres", Role.CONTRIBUTOR, "Valdres"),
    ("admin@example.no", "Teknisk administrator", Role.ADMIN, ""),
]


@demo.register
def load(fixtures: Path) -> None:
    with (fixtures / "organisations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        Organisation.objects.get_or_create(
            name=row["name"],
            defaults={name: row[name] for name in ("short_name", "kind", "language", "note")},
        )
    by_name = {organisation.name: organisation for organisation in Organisation.objects.all()}
    for row in rows:
        organisation = by_name[row["name"]]
        if row["parent"] and organisation.parent is None:
            organisation.parent = by_name[row["parent"]]
            organisation.save(update_fields=["parent"])
    for email, name, role, organisation_name in USERS:
        if not User.objects.filter(email=email).exists():
            User.objects.create_user(
                email, PASSWORD, name=name, role=role, organisation=by_name.get(organisation_name)
            )
