"""Cases: the list, one case, keeping its facts, and its life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry, Viewer
from accounts.permissions import can_read_log
from helsefellesskap import kept_input
from helsefellesskap.http import Request, asked_uuid, button, form_view, render_form
from helsefellesskap.panels import panels_about
from meetings import actions, permissions, rules
from meetings.documents.agendas import published_proposals
from meetings.documents.attachments import attachments
from meetings.documents.cases import chain
from meetings.documents.papers import annexes_stand, draft_content
from meetings.documents.treatment import decisions_without_meeting, follow_ups_of, treatments
from meetings.forms.cases import (
    CaseForm,
    ConcernFormSet,
    ExemptionForm,
    ForwardForm,
    ReasonForm,
    initiative_choices,
)
from meetings.models import (
    AgendaItem,
    Body,
    Case,
    CasePaper,
    Concern,
    DocumentVersion,
    Meeting,
)
from meetings.rules.meetings import why_closed
from portfolio.actions.versions import FactsChanged
from portfolio.documents import log_lines
from portfolio.models import Initiative


@login_not_required
@require_safe
def case_detail(request: Request, code: str, year: str, seq: str) -> HttpResponse:
    cases = Case.objects.visible_to(request.user).select_related("body", "exemption")
    number = int(seq) if len(seq) < 10 else 0
    return _detail(request, get_object_or_404(cases, body__code=code, year=int(year), seq=number))


@login_not_required
@require_safe
def case_by_id(request: Request, public_id: str) -> HttpResponseBase:
    """Cases without a number; a numbered one has an address by its number."""
    case = find_case(request.user, public_id)
    if case.seq:
        return redirect(case)
    return _detail(request, case)


def find_case(user: Viewer, public_id: str | UUID) -> Case:
    return get_object_or_404(
        Case.objects.visible_to(user).select_related("body", "exemption"), public_id=public_id
    )


def edited_case(request: SignedInRequest, public_id: str | UUID) -> Case:
    """The case, for the secretariat alone."""
    case = find_case(request.user, public_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    return case


def _detail(request: Request, case: Case) -> HttpResponse:
    user = request.user
    items = list(
        AgendaItem.objects.visible_to(user)
        .filter(case=case)
        .select_related("meeting__body")
        .order_by("meeting__day", "pk")
    )
    for item in items:
        item.case = case
    treated = treatments(user, items)
    log = LogEntry.objects.visible_to(user).about(case).select_related("by")
    sees_drafts = permissions.can_read_drafts(user)
    is_proposer = user.is_authenticated and case.proposed_by_id == user.pk
    context: dict[str, Any] = {
        "case": case,
        "chain": chain(user, case),
        "treatments": [treated[item.pk] for item in items] if case.may_read else [],
        "undated": decisions_without_meeting(user, [case.pk]).get(case.pk, []),
        "concerns": concerns_of(user, case),
        "strategic_areas": list(case.strategic_areas.all()),
        "attachments": attachments(user, cases=[case]).of_cases.get(case.pk, []),
        "follow_ups": follow_ups_of(user, [case.pk]).get(case.pk, []),
        "panels": panels_about(request, case) if case.may_read else [],
        "can_edit": permissions.can_edit_meetings(user),
        "is_proposer": is_proposer,
        "keeps_order": case.announced_at is not None and not case.items.waiting().exists(),
        "is_settled": case.state in {Case.State.TREATED, Case.State.CLOSED, Case.State.WITHDRAWN},
        "sent_back": sent_back(case) if sees_drafts else "",
        "wanted_meeting": case.wanted_meeting if sees_drafts or is_proposer else None,
        "can_change_proposal": permissions.can_change_proposal(user, case),
        "can_review": permissions.can_review_case(user),
        "sees_drafts": sees_drafts,
        "log": log_lines(log[:30]) if can_read_log(user) else [],
        **_paper(user, case),
    }
    return render(request, "meetings/case_detail.html", context)


def sent_back(case: Case) -> str:
    """What the leader wrote when the case was sent back to be mended; the log keeps it."""
    if case.state != Case.State.DRAFT:
        return ""
    entry = LogEntry.objects.about(case).filter(verb="endret tilstand").order_by("-at", "-pk").first()
    return str(entry.new.get("kommentar", "")) if entry else ""


def concerns_of(user: Viewer, case: Case) -> list[Concern]:
    visible = Initiative.objects.visible_to(user)
    return list(case.concerns.filter(initiative__in=visible).select_related("initiative"))


def _paper(user: Viewer, case: Case) -> dict[str, Any]:
    """What is written of the case: for the secretariat as it stands now, for others what was published."""
    if not case.may_read:
        return {}
    published = (
        DocumentVersion.objects.readable_by(user)
        .filter(document__case=case, document__is_written=True, document__withdrawn_at=None)
        .filter(is_redacted=False, released_at__isnull=False)
        .select_related("document")
        .order_by("-number")
        .first()
    )
    content = published.content if published and published.content else {}
    if not permissions.can_read_drafts(user):
        return {"written": content or {"proposals": published_proposals(case)}}
    paper = CasePaper.objects.filter(case=case).select_related("changed_by").first()
    draft = draft_content(case, paper)
    differs = any(written != content.get(name, []) for name, written in draft.items())
    return {
        "written": draft,
        "paper": paper,
        "published": published,
        "is_withheld": published is not None and not annexes_stand(published),
        "has_unpublished": bool(content and differs),
    }


@dataclass
class _CaseForms:
    """The form of the facts together with the initiatives below it."""

    form: CaseForm
    concerns: Any

    def is_valid(self) -> bool:
        form_ok, concerns_ok = self.form.is_valid(), self.concerns.is_valid()
        return bool(form_ok and concerns_ok)

    def values(self) -> dict[str, Any]:
        return {**self.form.values(), "concerns": self.concerns.concerns()}


def _case_forms(
    request: SignedInRequest, case: Case | None, data: Any, initial: dict[str, Any] | None = None
) -> _CaseForms:
    initiatives = Initiative.objects.visible_to(request.user).in_paper_order()
    row = {"visible": initiatives, "choices": initiative_choices(initiatives)}
    concerns = [
        {"initiative": concern.initiative_id, "kind": concern.kind}
        for concern in (case.concerns.all() if case else [])
    ]
    if case is None and (slug := request.GET.get("tiltak")):
        concerns = [
            {"initiative": one.pk, "kind": Concern.Kind.INFORMATION} for one in initiatives.filter(slug=slug)
        ]
    return _CaseForms(
        CaseForm(data, instance=case, initial=initial, visible=Case.objects.visible_to(request.user)),
        ConcernFormSet(data, prefix="tiltak", initial=concerns, form_kwargs=row),
    )


@form_view
def case_create(request: SignedInRequest) -> HttpResponse:
    """A new case in the backlog; with `mote`, a draft on the agenda of that meeting."""
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    meeting = _wanted_meeting(request)
    if meeting is not None and not meeting.takes_cases:
        messages.error(request, f"{why_closed(meeting)} {_('Saklisten kan ikke endres.')}")
        return redirect(meeting)
    body = meeting.body if meeting else Body.objects.filter(code=request.GET.get("organ", "")).first()
    forms = _case_forms(request, None, typed.data, {"body": body})
    if request.method == "POST" and forms.is_valid():
        try:
            case = actions.create_case_for(meeting=meeting, values=forms.values(), by=request.user)
        except rules.NotAllowed as refusal:
            forms.form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Saken er opprettet."))
            return (
                redirect("meetings:agenda-edit", public_id=meeting.public_id) if meeting else redirect(case)
            )
    context = {"forms": forms, "form": forms.form, "meeting": meeting, "kept": typed.is_kept}
    return render_form(request, "meetings/case_edit.html", context)


def _wanted_meeting(request: SignedInRequest) -> Meeting | None:
    wanted = asked_uuid(request, "mote")
    if wanted is None:
        return None
    return get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("body"), public_id=wanted
    )


@form_view
def case_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    case = edited_case(request, public_id)
    typed = kept_input.read(request)
    forms = _case_forms(request, Case.objects.get(pk=case.pk), typed.data)
    conflict = None
    if request.method == "POST" and forms.is_valid():
        try:
            changed = actions.change_case(
                case=case, values=forms.values(), version=forms.form.cleaned_data["version"], by=request.user
            )
        except FactsChanged as refusal:
            conflict = refusal
            forms.form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            forms.form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Saken er lagret."))
            return redirect(changed)
    context = {"case": case, "forms": forms, "form": forms.form, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "meetings/case_edit.html", context)


STEPS = {
    Case.State.DRAFT: gettext_lazy("Saken er et utkast som sekretariatet arbeider med."),
    Case.State.REVIEW: gettext_lazy("Saken er sendt til leder og nestleder."),
    Case.State.BACKLOG: gettext_lazy("Saken ligger i saksbanken."),
    Case.State.CLOSED: gettext_lazy("Saken er avsluttet."),
    Case.State.TREATED: gettext_lazy("Saken er åpnet igjen."),
}
"""What is said when a case took a step."""


@button
def case_step(request: SignedInRequest, public_id: str) -> HttpResponse:
    """To the leaders and back, closed or opened again."""
    case = find_case(request.user, public_id)
    to = request.POST.get("til", "")
    if not (
        permissions.can_edit_meetings(request.user)
        or (permissions.can_review_case(request.user) and (case.state, to) == ("review", "draft"))
    ):
        raise PermissionDenied
    try:
        actions.step_case(case=case, to=to, comment=request.POST.get("comment", "").strip(), by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, STEPS[Case.State(to)])
    return redirect(case)


@form_view
def case_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    case = edited_case(request, public_id)
    typed = kept_input.read(request)
    form = ReasonForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_case(case=case, reason=form.cleaned_data["reason"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saken er trukket. Et nummer den har fått, beholder den."))
            return redirect(case)
    return render_form(
        request, "meetings/case_withdraw.html", {"case": case, "form": form, "kept": typed.is_kept}
    )


@form_view
def case_forward(request: SignedInRequest, public_id: str) -> HttpResponse:
    case = edited_case(request, public_id)
    typed = kept_input.read(request)
    form = ForwardForm(typed.data, case=case)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.forward_case(case=case, body=form.cleaned_data["body"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, _("Det er laget et utkast i %(body)s som følger opp saken.") % {"body": made.body}
            )
            return redirect(made)
    return render_form(
        request, "meetings/case_forward.html", {"case": case, "form": form, "kept": typed.is_kept}
    )


@form_view
def case_exempt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Exempt the whole case from public access, or lift that."""
    case = edited_case(request, public_id)
    typed = kept_input.read(request)
    if request.method == "POST" and "opphev" in request.POST:
        actions.lift_exemption(thing=case, by=request.user)
        messages.success(request, _("Unntaket er opphevet. Saken er offentlig."))
        return redirect(case)
    form = ExemptionForm(typed.data, initial=exemption_values(case))
    if request.method == "POST" and form.is_valid():
        try:
            actions.exempt(thing=case, values=form.cleaned_data, by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saken er unntatt offentlighet."))
            return redirect(case)
    return render_form(
        request, "meetings/case_exempt.html", {"case": case, "form": form, "kept": typed.is_kept}
    )


def exemption_values(thing: Any) -> dict[str, Any]:
    """What an ExemptionForm begins with."""
    values: dict[str, Any] = {"public_title": thing.public_title}
    if thing.exemption:
        names = ("basis", "confidentiality_rule", "wider_access", "reason", "review_on")
        values |= {name: getattr(thing.exemption, name) for name in names}
    return values
