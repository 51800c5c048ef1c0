"""The addresses of meetings, cases and decisions."""

from django.urls import path, re_path

from meetings.views import (
    access,
    agendas,
    attendance,
    bodies,
    calendars,
    case_lists,
    cases,
    decisions,
    documents,
    events,
    files,
    follow_ups,
    meetings,
    minutes,
    papers,
    proposals,
    signals,
)

app_name = "meetings"

calendar_urls = [
    path("moter/kalender.ics", calendars.calendar, name="calendar"),
    path("moter/kalender/<str:token>.ics", calendars.calendar_secret, name="calendar-secret"),
    path("moter/kalender/", calendars.calendar_edit, name="calendar-edit"),
]
agenda_urls = [
    path("moter/<uuid:public_id>/sakliste/", agendas.agenda_edit, name="agenda-edit"),
    path("moter/<uuid:public_id>/sakliste/legg-til/", agendas.agenda_add, name="agenda-add"),
    path("moter/<uuid:public_id>/publiser/", agendas.agenda_publish, name="agenda-publish"),
    path("moter/<uuid:public_id>/til-gjennomgang/", agendas.agenda_review, name="agenda-review"),
    path("moter/<uuid:public_id>/sakliste.pdf", agendas.agenda_pdf, name="agenda-pdf"),
    path(
        "moter/<uuid:public_id>/sakliste-<str:letter>.pdf",
        agendas.agenda_version_pdf,
        name="agenda-version-pdf",
    ),
    path("moter/<uuid:public_id>/sakliste/<str:letter>/", agendas.agenda_version, name="agenda-version"),
    path("moter/punkt/<uuid:item_id>/flytt/", agendas.item_move, name="item-move"),
    path("moter/punkt/<uuid:item_id>/fjern/", agendas.item_remove, name="item-remove"),
]
attendance_urls = [
    path("moter/<uuid:public_id>/kall-inn/", attendance.meeting_call, name="meeting-call"),
    path("moter/<uuid:public_id>/forfall/", attendance.absence_report, name="absence-report"),
    path("moter/<uuid:public_id>/vara/", attendance.deputy_call, name="deputy-call"),
    path("moter/<uuid:public_id>/oppmote/", attendance.attendance_edit, name="attendance-edit"),
    path("moter/<uuid:public_id>/varsler/", attendance.notice_list, name="notice-list"),
]
meeting_urls = [
    path("moter/", meetings.meeting_list, name="meeting-list"),
    path("moter/ny/", meetings.meeting_create, name="meeting-create"),
    path("moter/<uuid:public_id>/", meetings.meeting_by_id, name="meeting-by-id"),
    path("moter/<uuid:public_id>/rediger/", meetings.meeting_update, name="meeting-update"),
    path("moter/<uuid:public_id>/flytt/", meetings.meeting_move, name="meeting-move"),
    path("moter/<uuid:public_id>/avlys/", meetings.meeting_cancel, name="meeting-cancel"),
    path("moter/<uuid:public_id>/holdt/", meetings.meeting_hold, name="meeting-hold"),
    path("moter/<uuid:public_id>/frist/<slug:kind>/", meetings.deadline_keep, name="deadline-keep"),
    path("moter/<uuid:public_id>/arkiver/", meetings.meeting_archive, name="meeting-archive"),
    path("moter/<uuid:public_id>/arkiv.zip", meetings.meeting_export, name="meeting-export"),
    re_path(
        r"^moter/(?P<code>[a-z][a-z0-9]*)/(?P<day>\d{4}(?:-\d{2}(?:-\d{2})?)?)/$",
        meetings.meeting_detail,
        name="meeting-detail",
    ),
]
minutes_urls = [
    path("moter/<uuid:public_id>/protokoll/rediger/", minutes.minutes_edit, name="minutes-edit"),
    path("moter/<uuid:public_id>/protokoll/send/", minutes.minutes_send, name="minutes-send"),
    path("moter/<uuid:public_id>/protokoll/godkjenn/", minutes.minutes_approve, name="minutes-approve"),
    path("moter/<uuid:public_id>/protokoll/merknad/", minutes.minutes_comment, name="minutes-comment"),
    path("moter/<uuid:public_id>/protokoll/rett/", minutes.minutes_correct, name="minutes-correct"),
    path("moter/<uuid:public_id>/protokoll/forkast/", minutes.minutes_discard, name="minutes-discard"),
    path("moter/<uuid:public_id>/protokoll/", minutes.minutes_by_id, name="minutes-by-id"),
    path("moter/<uuid:public_id>/protokoll.pdf", minutes.minutes_by_id_pdf, name="minutes-by-id-pdf"),
    re_path(
        r"^moter/(?P<code>[a-z][a-z0-9]*)/(?P<day>\d{4}(?:-\d{2}(?:-\d{2})?)?)/protokoll/$",
        minutes.minutes_detail,
        name="minutes-detail",
    ),
    re_path(
        r"^moter/(?P<code>[a-z][a-z0-9]*)/(?P<day>\d{4}(?:-\d{2}(?:-\d{2})?)?)/protokoll\.pdf$",
        minutes.minutes_pdf,
        name="minutes-pdf",
    ),
]
decision_urls = [
    path("moter/punkt/<uuid:item_id>/behandling/", decisions.item_treat, name="item-treat"),
    path("moter/punkt/<uuid:item_id>/habilitet/", decisions.recusal_declare, name="recusal-declare"),
    path("moter/habilitet/<int:recusal_id>/", decisions.recusal_decide, name="recusal-decide"),
]
case_urls = [
    path("saker/", case_lists.case_list, name="case-list"),
    path("saker/finn/", case_lists.case_suggest, name="case-suggest"),
    path("saker/ny/", cases.case_create, name="case-create"),
    path("saker/foresla/", proposals.case_propose, name="case-propose"),
    path("saker/<uuid:public_id>/", cases.case_by_id, name="case-by-id"),
    path("saker/<uuid:public_id>/rediger/", cases.case_update, name="case-update"),
    path("saker/<uuid:public_id>/unntak/", cases.case_exempt, name="case-exempt"),
    path("saker/<uuid:public_id>/tilstand/", cases.case_step, name="case-step"),
    path("saker/<uuid:public_id>/trekk/", cases.case_withdraw, name="case-withdraw"),
    path("saker/<uuid:public_id>/send-videre/", cases.case_forward, name="case-forward"),
    re_path(r"^saker\.(?P<file_format>xlsx|csv)$", case_lists.case_export, name="case-export"),
    re_path(
        r"^saker/(?P<code>[a-z][a-z0-9]*)/(?P<year>\d{4})/(?P<seq>\d+)/$",
        cases.case_detail,
        name="case-detail",
    ),
]
proposal_urls = [
    path("saker/<uuid:public_id>/forslag/", proposals.proposal_edit, name="proposal-edit"),
    path("saker/<uuid:public_id>/svar/", proposals.proposal_answer, name="proposal-answer"),
]
paper_urls = [
    path("saker/<uuid:public_id>/saksfremlegg/", papers.paper_edit, name="paper-edit"),
    path("saker/<uuid:public_id>/saksfremlegg/lagre/", papers.paper_autosave, name="paper-autosave"),
    path("saker/<uuid:public_id>/saksfremlegg.pdf", papers.paper_pdf, name="paper-pdf"),
]
document_urls = [
    path(
        "saker/<uuid:public_id>/dokumenter/ny/", documents.document_upload_case, name="document-upload-case"
    ),
    path(
        "moter/<uuid:public_id>/dokumenter/ny/",
        documents.document_upload_meeting,
        name="document-upload-meeting",
    ),
    path("dokumenter/<uuid:public_id>/rediger/", documents.document_update, name="document-update"),
    path("dokumenter/<uuid:public_id>/erstatt/", documents.document_replace, name="document-replace"),
    path("dokumenter/<uuid:public_id>/sladdet/", documents.document_redact, name="document-redact"),
    path("dokumenter/<uuid:public_id>/flytt/", documents.document_move, name="document-move"),
    path("dokumenter/<uuid:public_id>/publiser/", documents.document_publish, name="document-publish"),
    path("dokumenter/<uuid:public_id>/trekk/", documents.document_withdraw, name="document-withdraw"),
    path("dokumenter/<uuid:public_id>/slett/", documents.document_delete, name="document-delete"),
]
file_urls = [
    path("vedlegg/<uuid:public_id>/", files.document_detail, name="document-detail"),
    path("vedlegg/<uuid:public_id>/side-<int:page>.webp", files.document_page, name="document-page"),
    path("vedlegg/<uuid:public_id>/<str:name>", files.document_file, name="document-file"),
]
access_urls = [
    path(
        "dokumenter/<uuid:public_id>/innsyn/", access.access_request_document, name="access-request-document"
    ),
    path("saker/<uuid:public_id>/innsyn/", access.access_request_case, name="access-request-case"),
    path("innsyn/", access.access_request_list, name="access-request-list"),
    path("innsyn/<uuid:public_id>/", access.access_request_answer, name="access-request-answer"),
    path("innsyn/<uuid:public_id>/kvittering/", access.access_request_receipt, name="access-request-receipt"),
]
follow_up_urls = [
    path("oppfolging/", follow_ups.follow_up_list, name="follow-up-list"),
    path("oppfolging/ny/", follow_ups.follow_up_create, name="follow-up-create"),
    path("oppfolging/<uuid:public_id>/rediger/", follow_ups.follow_up_update, name="follow-up-update"),
    path("oppfolging/<uuid:public_id>/meld/", follow_ups.follow_up_report, name="follow-up-report"),
    re_path(r"^oppfolging\.(?P<file_format>pdf|xlsx|csv)$", follow_ups.follow_up_file, name="follow-up-file"),
]
event_urls = [
    path("arrangementer/", events.event_list, name="event-list"),
    path("arrangementer/ny/", events.event_create, name="event-create"),
    path("arrangementer/<uuid:public_id>/", events.event_detail, name="event-detail"),
    path("arrangementer/<uuid:public_id>/rediger/", events.event_update, name="event-update"),
]
signal_urls = [
    path("innspill/", signals.signal_list, name="signal-list"),
    path("innspill/<slug:kind>/<str:key>/", signals.signal_edit, name="signal-edit"),
]
priority_urls = [
    path("prioriteringer/", signals.priority_edit, name="priority-edit"),
    path("prioriteringer/<int:priority_id>/fjern/", signals.priority_remove, name="priority-remove"),
]
body_urls = [
    path("organer/", bodies.body_list, name="body-list"),
    path("moter/<slug:code>/", bodies.body_detail, name="body-detail"),
]
urlpatterns = [
    *file_urls,  # first: they are asked for most
    *calendar_urls,
    *agenda_urls,
    *attendance_urls,
    *meeting_urls,
    *minutes_urls,
    *decision_urls,
    *case_urls,
    *proposal_urls,
    *paper_urls,
    *document_urls,
    *access_urls,
    *follow_up_urls,
    *event_urls,
    *signal_urls,
    *priority_urls,
    *body_urls,
]
