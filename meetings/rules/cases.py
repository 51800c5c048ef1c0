"""Is it in order with a case?"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import Basis, Body, Case


def check_body(body: Body | None, reason: str) -> None:
    """A case has a body, or a reason why it is not known."""
    if body is None and not reason.strip():
        raise NotAllowed(_("Velg organ, eller skriv hvorfor det ikke er kjent."), field="body")
    if body is not None and reason.strip():
        raise NotAllowed(_("Organet er valgt. Ta bort begrunnelsen."), field="body_unknown_reason")


def check_numbered_body(case: Case, body: Body | None) -> None:
    """A number belongs to a body: a numbered case stays there."""
    if case.seq is not None and body != case.body:
        raise NotAllowed(
            _("Saken har nummer i %(body)s. Send den videre til det andre organet i stedet.")
            % {"body": case.body},
            field="body",
        )


def check_chain(case: Case, earlier: Iterable[Case]) -> None:
    """No case follows up itself, however many steps away."""
    todo, seen = list(earlier), set()
    while todo:
        one = todo.pop()
        if one.pk == case.pk:
            raise NotAllowed(_("En sak kan ikke følge opp seg selv."), field="follows_up")
        if one.pk not in seen:
            seen.add(one.pk)
            todo += list(one.follows_up.all())


C = Case.State
BY_HAND: dict[str, frozenset[str]] = {
    C.BACKLOG: frozenset({C.DRAFT}),
    C.DRAFT: frozenset({C.REVIEW, C.BACKLOG}),
    C.REVIEW: frozenset({C.DRAFT}),
    C.POSTPONED: frozenset({C.DRAFT}),
    C.TREATED: frozenset({C.CLOSED}),
    C.CLOSED: frozenset({C.TREATED}),
}
"""The steps a person takes with a button; all others come of answers, agendas and meetings."""


def check_step_by_hand(case: Case, to: str) -> None:
    if to not in BY_HAND.get(case.state, ()):
        raise NotAllowed(
            _("Saken er «%(now)s». Den får ny tilstand av svaret på forslaget, av saklisten eller av møtet.")
            % {"now": case.get_state_display().lower()}
        )


LATER = "later"
"""The answer that takes a proposal in, but for a later meeting than was wanted."""


def check_answer(to: str, answer: str) -> None:
    """Who proposed a case is told when it comes, what to change, or why not; a plain yes needs no words."""
    if to != Case.State.BACKLOG and not answer.strip():
        raise NotAllowed(
            _("Skriv hvilket møte saken utsettes til.")
            if to == LATER
            else _("Skriv hvorfor, så forslagsstilleren vet hva som skjer."),
            field="answer",
        )


def check_withdrawal(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Skriv hvorfor saken trekkes."), field="reason")


def check_exemption(*, basis: str, confidentiality_rule: str, wider_access: str, considered: bool) -> None:
    """Legal bases of offentleglova: § 13 obliges and names its rule; the others allow, and wider access is considered.

    A paper that goes between organs of different partners is as a rule no internal document (§ 14), so that must
    have been considered.
    """
    if basis == Basis.CONFIDENTIAL and not confidentiality_rule.strip():
        raise NotAllowed(_("Skriv hvilken regel om taushetsplikt som gjelder."), field="confidentiality_rule")
    if basis != Basis.CONFIDENTIAL and not wider_access.strip():
        raise NotAllowed(
            _(
                "Denne hjemmelen er en adgang, ikke en plikt. Skriv hvordan meroffentlighet er vurdert (offl. § 11)."
            ),
            field="wider_access",
        )
    if basis == Basis.INTERNAL and not considered:
        raise NotAllowed(
            _(
                "Saker i helsefellesskapet går mellom flere organer, og er da sjelden organinterne. "
                "Kryss av for at det er vurdert, eller velg en annen hjemmel."
            ),
            field="considered",
        )
