"""Something of everything that a newsletter can quote, open and secret, and a newsletter that quotes all of it."""

from datetime import date, timedelta
from types import SimpleNamespace

from django.utils import timezone

from newsletters.models import Block
from tests.factories import (
    create_allocation,
    create_area,
    create_body,
    create_case,
    create_event,
    create_exemption,
    create_follow_up,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
    create_point,
    create_report,
)
from tests.newsletters.letters import add_block

TODAY = timezone.localdate()
YEAR = 2026
THEN = date(2025, 6, 30)
"""The day of a newsletter that shows how it was."""


def make_things(ssu) -> SimpleNamespace:
    """Something to quote of every kind: `open` and `secret` by the setting of a block that chooses it."""
    area = create_area(name="Barn og unge")
    initiatives = _initiatives(area)
    grant = _money(initiatives)
    meetings = _meetings(ssu)
    event = create_event(title="Åpentarrangement", on=TODAY + timedelta(5))
    for task, of in (("Åpentpunkt", meetings["open"]), ("Lukketpunkt", meetings["secret"])):
        create_follow_up(case=of.items.first().case, title=task, due=TODAY + timedelta(9))
    return SimpleNamespace(
        initiatives=[str(one.public_id) for one in initiatives.values()],
        meetings=[str(one.public_id) for one in meetings.values()],
        events=[str(event.public_id)],
        grant=str(grant.public_id),
        areas=[area.code],
        internal=initiatives["secret"],
        opened=initiatives["open"],
    )


def _initiatives(area):
    found = {
        "open": create_initiative(title="Åpenttiltak", area=area, summary="Åpentsammendrag"),
        "secret": create_initiative(
            title="Lukkettiltak", area=area, summary="Lukketsammendrag", visibility="internal"
        ),
        "finished": create_initiative(title="Ferdigtiltak", area=area),
        "secretly finished": create_initiative(title="Lukkettiltak to", area=area, visibility="internal"),
    }
    create_report(initiative=found["open"], on=THEN, phases="oppstart", comment="Gammelstatus")
    create_report(initiative=found["open"], on=TODAY, comment="Åpenstatus")
    create_report(initiative=found["open"], on=TODAY, comment="Utkaststatus", publication="draft")
    create_report(initiative=found["secret"], on=THEN, comment="Lukketstatus")
    for name in ("finished", "secretly finished"):
        create_report(initiative=found[name], on=TODAY, phases="drift", state="completed", comment="Lukketstatus" if "secret" in name else "Ferdigstatus")  # fmt: skip
    return found


def _money(initiatives):
    grant = create_grant(year=2024)
    decision = create_funding_decision(on=date(2025, 2, 20))
    for name, package in (("open", "Åpenpakke"), ("secret", "Lukketpakke")):
        create_allocation(grant=grant, initiative=initiatives[name], decision=decision, work_package=package)
    create_allocation(grant=grant, initiative=initiatives["open"], work_package="Planpakke", planned=True)
    return grant


def _meetings(ssu):
    """One that anybody may read, though not all of it; one whose minutes are not approved; one of an internal body."""
    link = {"digital_url": "https://mote.example.no/hemmelig"}
    opened = create_meeting(body=ssu, on=TODAY - timedelta(20), state="approved", **link)
    case = create_case(body=ssu, title="Åpensak", year=YEAR, seq=1, announced=True, state="treated")
    create_point(item=create_item(meeting=opened, case=case, outcome="treated"), text="Åpentvedtak")
    exempt = create_case(
        body=ssu, title="Unntattsak", public_title="Personalsak", exemption=create_exemption(), announced=True, state="treated"
    )  # fmt: skip
    create_point(item=create_item(meeting=opened, case=exempt, outcome="treated"), text="Unntattvedtak")
    create_follow_up(case=exempt, title="Unntattpunkt", due=TODAY + timedelta(9))
    held = create_meeting(body=ssu, on=TODAY - timedelta(3), state="drafted", **link)
    early = create_item(meeting=held, outcome="treated")
    create_point(item=early, text="Tidligvedtak", locked=False)
    create_follow_up(case=early.case, title="Tidligpunkt", due=TODAY + timedelta(9), released=False)
    create_meeting(body=ssu, on=TODAY + timedelta(30), place="Åpentsted", state="called", **link)
    hidden = create_body(code="lukket", name="Lukketutvalg", short_name="Lukketutvalg", visibility="internal")
    secret = create_meeting(body=hidden, on=TODAY - timedelta(5), state="approved", place="Lukketsted")
    case = create_case(body=hidden, title="Lukketsak", announced=True, state="treated")
    create_point(item=create_item(meeting=secret, case=case, outcome="treated"), text="Lukketvedtak")
    create_meeting(body=hidden, on=TODAY + timedelta(30), place="Lukketsted", state="called")
    return {"open": opened, "held": held, "secret": secret}


def write(newsletter, things, editor, *, kinds=Block.Kind.values, word=""):
    """A block of every kind with its choices; `word` begins every heading and stands in every text."""
    settings = {
        "text": {"initiatives": things.initiatives},
        "handlingsdel": {"scope": "areas", "areas": things.areas},
        "funding": {"grant": things.grant},
        "focus": {"initiatives": things.initiatives},
        "decisions": {"meetings": things.meetings},
        "events": {"events": things.events},
        "finished": {"initiatives": things.initiatives, "events": things.events},
        "contact": {"contacts": [{"role": f"{word}valg rådgiver", "email": "post@example.no"}]},
    }
    for kind in kinds:
        text = f"<p>{word}tekst</p>" if word or kind == "text" else ""
        add_block(
            newsletter,
            kind,
            by=editor,
            heading=f"{word}overskrift-{kind}",
            body=text,
            **settings.get(kind, {}),
        )


def write_all(newsletter, things, editor):
    """Every kind, and what those that have a choice show when nothing is chosen."""
    write(newsletter, things, editor)
    for kind, chosen in (
        ("handlingsdel", {"scope": "all"}),
        ("handlingsdel", {"scope": "changed", "since": "2025-01-01"}),
        ("finished", {}),
        ("events", {}),
    ):
        add_block(newsletter, kind, by=editor, heading=f"Mer {kind}", body="", **chosen)
