"""Test data as plain functions: keyword-only, and a test says only what matters to it."""

import hashlib
from datetime import date, datetime, time
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Organisation, Role, User
from funding.models import Allocation, FundingRound, FundingScheme, Grant, Posting, Proposal
from helsefellesskap.norwegian import ascii_slug
from meetings.models import (
    AgendaItem,
    Attendance,
    Basis,
    Body,
    Case,
    DecisionPoint,
    Document,
    DocumentVersion,
    Event,
    Exemption,
    FollowUp,
    Meeting,
    Minutes,
    Seat,
    Signal,
)
from newsletters.documents.mail import UNSUBSCRIBE_URL
from newsletters.models import Delivery, Newsletter, SubscriberImport, Subscription
from portfolio.models import Initiative, Phase, ProgramArea, StatusReport

_serial = count(1)


def at(day: date, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def create_user(*, role: str = "", name: str = "", **fields: Any) -> User:
    number = next(_serial)
    user = User(
        email=fields.pop("email", f"person{number}@example.no"),
        name=name or f"Person {number}",
        role=role,
        **fields,
    )
    user.set_unusable_password()
    user.save()
    return user


def create_organisation(
    *, name: str = "", kind: str = Organisation.Kind.MUNICIPALITY, **fields: Any
) -> Organisation:
    return Organisation.objects.create(name=name or f"Kommune {next(_serial)}", kind=kind, **fields)


def create_area(*, name: str = "", on: date = date(2024, 1, 1), **fields: Any) -> ProgramArea:
    number = next(_serial)
    name = name or f"Område {number}"
    area = ProgramArea(name=name, code=ascii_slug(name), order=fields.pop("order", number), **fields)
    area._history_date = at(on)
    area.save()
    return area


def create_initiative(
    *, title: str = "", area: ProgramArea | None = None, on: date = date(2024, 1, 1), **fields: Any
) -> Initiative:
    number = next(_serial)
    title = title or f"Tiltak {number}"
    initiative = Initiative(
        title=title,
        slug=fields.pop("slug", ascii_slug(title)),
        program_area=area or ProgramArea.objects.order_by("order").first() or create_area(),
        order=fields.pop("order", number),
        **fields,
    )
    initiative._history_date = at(on)
    initiative.save()
    return initiative


def phase(code: str) -> Phase | None:
    return Phase.objects.get(code=code) if code else None


def create_report(
    *,
    initiative: Initiative,
    on: date = date(2025, 6, 27),
    phases: str = "losning",
    comment: str = "Det går framover.",
    publication: str = StatusReport.Publication.PUBLISHED,
    by: User | None = None,
    **fields: Any,
) -> StatusReport:
    """A report as the database holds it; «losning-drift» is a range, and no comment is «vet ikke»."""
    first, _dash, last = phases.partition("-")
    by = by or User.objects.filter(role=Role.EDITOR).first() or create_user(role=Role.EDITOR)
    is_published = publication == StatusReport.Publication.PUBLISHED
    report = StatusReport.objects.create(
        initiative=initiative,
        reported_on=on,
        phase_from=phase(first),
        phase_to=phase(last),
        comment=comment,
        comment_unknown=not comment,
        publication=publication,
        reported_by=by,
        published_by=by if is_published else None,
        published_at=fields.pop("published_at", at(on)) if is_published else None,
        **fields,
    )
    newest = StatusReport.objects.published().filter(initiative=initiative).newest_first().first()
    Initiative.objects.filter(pk=initiative.pk).update(latest_report=newest)
    initiative.latest_report = newest
    return report


def editor_of(by: User | None = None) -> User:
    return by or User.objects.filter(role=Role.EDITOR).first() or create_user(role=Role.EDITOR)


def create_body(*, code: str = "", **fields: Any) -> Body:
    code = code or f"b{next(_serial)}"
    return Body.objects.create(
        code=code,
        short_name=fields.pop("short_name", code.upper()),
        name=fields.pop("name", f"Organet {code.upper()}"),
        level=fields.pop("level", Body.Level.STRATEGIC),
        **fields,
    )


def create_seat(
    *,
    body: Body,
    person: User | None = None,
    role: str = Seat.SeatRole.MEMBER,
    side: str = Seat.Side.MUNICIPAL,
    valid_from: date = date(2024, 1, 1),
    **fields: Any,
) -> Seat:
    return Seat.objects.create(
        body=body, person=person or create_user(), role=role, side=side, valid_from=valid_from, **fields
    )


def create_meeting(
    *,
    body: Body | None = None,
    on: date | None = date(2027, 2, 18),
    state: str = Meeting.State.PLANNED,
    **fields: Any,
) -> Meeting:
    """A meeting by its day; with `on=None` the day is not known."""
    if on is None:
        fields = {"precision": "unknown", "unknown_reason": "Ikke oppgitt i kilden.", **fields}
    if state == Meeting.State.CANCELLED:
        fields.setdefault("cancel_reason", "For få saker.")
    return Meeting.objects.create(body=body or create_body(), day=on, state=state, **fields)


def create_case(
    *, body: Body | None = None, title: str = "", state: str = Case.State.DRAFT, **fields: Any
) -> Case:
    """A case; `announced=True` is one that was on a published agenda."""
    if fields.pop("announced", False):
        fields.setdefault("announced_at", at(date(2026, 1, 1)))
    return Case.objects.create(
        body=body or create_body(), title=title or f"Sak om noe {next(_serial)}", state=state, **fields
    )


def create_item(
    *, meeting: Meeting, case: Case | None = None, released: bool = True, **fields: Any
) -> AgendaItem:
    """A case on the agenda, published unless said otherwise."""
    released_at = at(date(2026, 1, 1)) if released else None
    case = case or create_case(body=meeting.body, state=Case.State.LISTED, announced=released)
    if released and case.announced_at is None:
        Case.objects.filter(pk=case.pk).update(announced_at=released_at)
        case.announced_at = released_at
    return AgendaItem.objects.create(
        meeting=meeting,
        case=case,
        order=fields.pop("order", meeting.items.count() + 1),
        released_at=released_at,
        **fields,
    )


def create_exemption(*, basis: str = Basis.NEGOTIATION, by: User | None = None, **fields: Any) -> Exemption:
    fields.setdefault("wider_access", "Vurdert. Forhandlingene pågår.")
    return Exemption.objects.create(basis=basis, set_by=editor_of(by), **fields)


def create_document(
    *,
    case: Case | None = None,
    meeting: Meeting | None = None,
    title: str = "",
    access: str = Document.Access.PUBLIC,
    released: bool = True,
    versions: int = 1,
    **fields: Any,
) -> Document:
    """A document with so many versions, published unless said otherwise."""
    if access == Document.Access.EXEMPT:
        fields.setdefault("exemption", create_exemption())
    if access == Document.Access.MEMBERS:
        fields.setdefault("public_from", at(date(2099, 1, 1)))
    document = Document.objects.create(
        case=case,
        meeting=meeting,
        title=title or f"Vedlegg om noe {next(_serial)}",
        access=access,
        order=fields.pop("order", next(_serial)),
        released_at=at(date(2026, 1, 1)) if released else None,
        **fields,
    )
    for number in range(1, versions + 1):
        create_version(document=document, number=number, released=released)
    return document


def create_version(
    *,
    document: Document,
    number: int = 1,
    released: bool = True,
    content: bytes = b"",
    content_type: str = "application/pdf",
    extension: str = "pdf",
    **fields: Any,
) -> DocumentVersion:
    content = content or f"%PDF-1.7 version {number} of {document.pk}".encode()
    version = DocumentVersion(
        document=document,
        number=number,
        original_name=fields.pop("original_name", f"fil.{extension}"),
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        uploaded_by=editor_of(fields.pop("by", None)),
        released_at=at(date(2026, 1, 1)) if released else None,
        **fields,
    )
    version.file.save(f"vedlegg/{version.public_id.hex}.{extension}", ContentFile(content), save=False)
    version.save()
    return version


def create_point(
    *,
    case: Case | None = None,
    item: AgendaItem | None = None,
    number: int = 1,
    outcome: str = DecisionPoint.Outcome.ADOPTED,
    locked: bool = True,
    **fields: Any,
) -> DecisionPoint:
    text = fields.pop("text", f"Saken tas til følge {next(_serial)}.")
    is_proposal = outcome == DecisionPoint.Outcome.PROPOSED
    return DecisionPoint.objects.create(
        case=case or (item.case if item else None),
        item=item,
        number=number,
        outcome=outcome,
        proposed=fields.pop("proposed", text),
        adopted=fields.pop("adopted", "" if is_proposal else text),
        locked_at=at(date(2026, 1, 2)) if locked and not is_proposal else None,
        **fields,
    )


def create_follow_up(
    *, case: Case | None = None, due: date | None = date(2026, 12, 1), **fields: Any
) -> FollowUp:
    """A task of a case; with `due=None` its day is not known."""
    if due is None:
        fields.setdefault("precision", "unknown")
    released = fields.pop("released", True)
    return FollowUp.objects.create(
        case=case or create_case(announced=True),
        title=fields.pop("title", f"Følge opp noe {next(_serial)}"),
        responsible=fields.pop("responsible", "sekretariatet"),
        due_on=due,
        last_day=fields.pop("last_day", due),
        changed_by=editor_of(fields.pop("by", None)),
        released_at=at(date(2026, 1, 2)) if released else None,
        **fields,
    )


def make_ready_for_minutes(meeting: Meeting) -> None:
    """What minutes must say before they are sent: somebody was there, and every case went somehow."""
    Attendance.objects.create(meeting=meeting, seat=create_seat(body=meeting.body), state="present")
    not_recorded = meeting.items.filter(outcome=AgendaItem.Outcome.NOT_RECORDED)
    not_recorded.update(outcome=AgendaItem.Outcome.UNKNOWN)


def create_minutes(
    *, meeting: Meeting, state: str = Minutes.State.DRAFT, by: User | None = None, **fields: Any
) -> Minutes:
    if state == Minutes.State.APPROVED:
        fields = {
            "approved_at": at(date(2026, 1, 2)),
            "data": {},
            "sha256": "a" * 64,
            "public_sha256": "a" * 64,
            **fields,
        }
    return Minutes.objects.create(meeting=meeting, state=state, written_by=editor_of(by), **fields)


def call_deputy(*, meeting: Meeting, seat: Seat, closes_on: date | None = None) -> Attendance:
    return Attendance.objects.create(
        meeting=meeting, seat=seat, called_at=at(date(2026, 1, 1)), called_by=editor_of(), closes_on=closes_on
    )


def create_event(*, title: str = "", on: date | None = date(2027, 1, 15), **fields: Any) -> Event:
    if on is None:
        fields.setdefault("precision", "unknown")
    return Event.objects.create(
        kind=fields.pop("kind", Event.Kind.WEBINAR),
        title=title or f"Webinar {next(_serial)}",
        starts_on=on,
        **fields,
    )


def create_signal(*, text: str = "", **source: Any) -> Signal:
    number = next(_serial)
    return Signal.objects.create(
        text=text or f"Tema {number}",
        question=source.pop("question", "tema"),
        order=source.pop("order", number),
        **source,
    )


def create_grant(
    *, year: int = 2024, amount: int = 10_000_000, scheme: FundingScheme | None = None, **fields: Any
) -> Grant:
    """An exact grant; `rounded_to=100_000` makes it a rounded one."""
    if scheme is None:
        scheme, _created = FundingScheme.objects.get_or_create(slug="ordning", defaults={"name": "Ordning"})
    grant = Grant(scheme=scheme, year=year, amount=amount, **fields)
    grant._history_date = at(date(year, 1, 1))
    grant.save()
    return grant


def create_funding_decision(
    *, on: date = date(2025, 2, 20), body: Body | None = None, **fields: Any
) -> DecisionPoint:
    """An adopted point of approved minutes of a meeting on that day."""
    meeting = create_meeting(body=body or Body.objects.first() or create_body(), on=on, state="approved")
    return create_point(item=create_item(meeting=meeting), **fields)


def create_allocation(
    *,
    grant: Grant | None = None,
    amount: int = 100_000,
    initiative: Initiative | None = None,
    planned: bool = False,
    on: date = date(2025, 2, 20),
    decision: DecisionPoint | None = None,
    **fields: Any,
) -> Allocation:
    """Money allocated by a decision, with its first posting; `planned=True` is only prioritised yet.

    Without an initiative one is made, unless the money has a `label`.
    """
    grant = grant or Grant.objects.first() or create_grant()
    if "label" in fields:
        fields.setdefault("program_area", ProgramArea.objects.first() or create_area())
    else:
        initiative = initiative or create_initiative()
    allocation = Allocation(
        grant=grant,
        initiative=initiative,
        amount=amount,
        order=fields.pop("order", next(_serial)),
        work_package=fields.pop("work_package", "Arbeidspakke"),
        decision=None if planned else decision or create_funding_decision(on=on),
        state=Allocation.State.PLANNED if planned else Allocation.State.ALLOCATED,
        **fields,
    )
    allocation._history_date = at(on)
    allocation.save()
    if not planned:
        create_posting(allocation=allocation, kind=Posting.Kind.ALLOCATED, change=amount, on=on)
    return allocation


def create_posting(*, allocation: Allocation, kind: str, change: int, on: date, **fields: Any) -> Posting:
    """A posting by itself; the allocation's own amount is left as it is."""
    return Posting.objects.create(
        allocation=allocation,
        kind=kind,
        change=change,
        on=on,
        state=fields.pop("state", allocation.state),
        decision=fields.pop("decision", allocation.decision),
        made_by=editor_of(),
        **fields,
    )


def create_round(
    *, grants: list[Grant] | None = None, state: str = FundingRound.State.OPEN, **fields: Any
) -> FundingRound:
    if state in {FundingRound.State.DECIDED, FundingRound.State.CLOSED}:
        fields.setdefault("decision", create_funding_decision())
    round_ = FundingRound(title=fields.pop("title", f"Runde {next(_serial)}"), state=state, **fields)
    round_.save()
    round_.grants.set(grants if grants is not None else [Grant.objects.first() or create_grant()])
    return round_


def create_proposal(
    *,
    round_: FundingRound | None = None,
    by: User,
    organisation: Organisation | None = None,
    state: str = Proposal.State.DRAFT,
    **fields: Any,
) -> Proposal:
    """A proposal of the writer's organisation for an initiative, or with `idea=…` for something new."""
    if "idea" in fields:
        fields.setdefault("program_area", ProgramArea.objects.first() or create_area())
    else:
        fields.setdefault("initiative", Initiative.objects.first() or create_initiative())
    if state != Proposal.State.DRAFT:
        fields.setdefault("submitted_at", at(date(2026, 1, 1)))
    if state == Proposal.State.DECLINED:
        fields.setdefault("answer", "Ikke nok penger.")
    return Proposal.objects.create(
        round=round_ or FundingRound.objects.first() or create_round(),
        organisation=organisation or by.organisation,
        written_by=by,
        state=state,
        amount=fields.pop("amount", 200_000),
        work_package=fields.pop("work_package", f"Arbeidspakke {next(_serial)}"),
        reason=fields.pop("reason", "Det trengs."),
        **fields,
    )


def create_newsletter(*, published: bool = False, by: User | None = None, **fields: Any) -> Newsletter:
    """A draft; `published=True` freezes a page and a mail that are made up."""
    number = next(_serial)
    by = by or editor_of()
    fields = {"year": 2026, "number": number, "title": f"Nyhetsbrev {number}", "written_by": by, **fields}
    if published:
        fields = {
            "state": Newsletter.State.PUBLISHED,
            "published_at": timezone.now(),
            "published_by": by,
            "page": "<p>Nytt fra partnerskapet</p>",
            "mail_html": f'<p>Nytt, æøå</p><a href="{UNSUBSCRIBE_URL}">Meld deg av</a>',
            "mail_text": f"Nytt, æøå\nMeld deg av: {UNSUBSCRIBE_URL}\n",
            "sha256": "0" * 64,
            **fields,
        }
        said = {name: fields[name] for name in ("year", "number", "title")}
        fields.setdefault("data", {**said, "correction": fields.get("correction", 0)})
    return Newsletter.objects.create(**fields)


def create_subscription(*, email: str = "", state: str = "active", **fields: Any) -> Subscription:
    """Confirmed by its owner, unless the state or `imported_in` says otherwise."""
    if "imported_in" in fields:
        fields.setdefault("basis", Subscription.Basis.IMPORTED)
    elif state == Subscription.State.ACTIVE:
        fields.setdefault("confirmed_at", at(date(2026, 1, 2)))
    if state == Subscription.State.ENDED:
        fields.setdefault("ended_at", at(date(2026, 3, 1)))
    fields.setdefault(
        "asked_at", at(date(2026, 1, 1)) if state != Subscription.State.WAITING else timezone.now()
    )
    return Subscription.objects.create(
        email=email or f"leser{next(_serial)}@example.no", state=state, **fields
    )


def create_delivery(
    *,
    newsletter: Newsletter | None = None,
    subscription: Subscription | None = None,
    state: str = "waiting",
    **fields: Any,
) -> Delivery:
    """A mail of a published newsletter to a subscriber, unless `kind` says otherwise."""
    kind = fields.pop("kind", Delivery.Kind.NEWSLETTER)
    kinds = Delivery.Kind
    if kind not in {kinds.CONFIRM, kinds.ALREADY}:
        newsletter = newsletter or create_newsletter(published=True)
    if kind in {kinds.NEWSLETTER, kinds.CONFIRM, kinds.ALREADY}:
        subscription = subscription or create_subscription()
        fields.setdefault("email", subscription.email)
    if state == Delivery.State.SENT:
        fields.setdefault("sent_at", timezone.now())
    if state not in {Delivery.State.WAITING, Delivery.State.STOPPED, Delivery.State.LEFT}:
        fields.setdefault("claimed_at", timezone.now())
    return Delivery.objects.create(
        kind=kind, newsletter=newsletter, subscription=subscription, state=state, **fields
    )


def create_import(
    *, rows: list[dict[str, Any]] | None = None, by: User | None = None, **fields: Any
) -> SubscriberImport:
    """A list that waits to be taken in."""
    return SubscriberImport.objects.create(
        basis=fields.pop("basis", "Lista vi har brukt."),
        file_name=fields.pop("file_name", "liste.xlsx"),
        place=fields.pop("place", "kolonne 1"),
        rows=rows or [],
        created_by=by or editor_of(),
        **fields,
    )
