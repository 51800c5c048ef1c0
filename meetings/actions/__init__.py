"""Verbs that change meetings, cases and decisions: all or nothing, each with its trail."""

from meetings.actions.access import answer_request, request_access
from meetings.actions.agendas import (
    create_case_for,
    move_item,
    put_on_agenda,
    send_to_review,
    set_duration,
    take_off_agenda,
)
from meetings.actions.attendance import (
    call_deputy,
    call_meeting,
    free_deputies,
    recall_deputy,
    record_attendance,
    report_absence,
    withdraw_absence,
)
from meetings.actions.calendars import renew_calendar_key, revoke_calendar_key
from meetings.actions.cases import (
    change_case,
    create_case,
    forward_case,
    set_proposals,
    step_case,
    withdraw_case,
)
from meetings.actions.decisions import decide_recusal, declare_recusal, record_item
from meetings.actions.documents import (
    Taken,
    add_files,
    change_document,
    delete_document,
    move_document,
    publish_document,
    record_opening,
    replace_file,
    withdraw_document,
)
from meetings.actions.events import change_event, create_event
from meetings.actions.exemptions import exempt, lift_exemption
from meetings.actions.follow_ups import change_follow_up, create_follow_up, report_follow_up
from meetings.actions.meetings import (
    archive_meeting,
    cancel_meeting,
    change_meeting,
    export_meeting,
    hold_meeting,
    mark_deadline,
    move_meeting,
    plan_meeting,
    take_back_holding,
)
from meetings.actions.minutes import (
    approve_minutes,
    comment_minutes,
    correct_minutes,
    discard_correction,
    save_minutes,
    send_minutes,
    sending_problems,
    start_minutes,
)
from meetings.actions.notices import invited, make_notices, resend_notice, send_waiting_notices
from meetings.actions.papers import save_paper
from meetings.actions.proposals import answer_proposal, change_proposal, propose_case
from meetings.actions.publishing import publish_agenda, publishing_preview, publishing_problems
from meetings.actions.reminders import remind_of_follow_ups
from meetings.actions.signals import remove_priority, set_priority, set_signals

__all__ = [
    "Taken",
    "add_files",
    "answer_proposal",
    "answer_request",
    "approve_minutes",
    "archive_meeting",
    "call_deputy",
    "call_meeting",
    "cancel_meeting",
    "change_case",
    "change_document",
    "change_event",
    "change_follow_up",
    "change_meeting",
    "change_proposal",
    "comment_minutes",
    "correct_minutes",
    "create_case",
    "create_case_for",
    "create_event",
    "create_follow_up",
    "decide_recusal",
    "declare_recusal",
    "delete_document",
    "discard_correction",
    "exempt",
    "export_meeting",
    "forward_case",
    "free_deputies",
    "hold_meeting",
    "invited",
    "lift_exemption",
    "make_notices",
    "mark_deadline",
    "move_document",
    "move_item",
    "move_meeting",
    "plan_meeting",
    "propose_case",
    "publish_agenda",
    "publish_document",
    "publishing_preview",
    "publishing_problems",
    "put_on_agenda",
    "recall_deputy",
    "record_attendance",
    "record_item",
    "record_opening",
    "remind_of_follow_ups",
    "remove_priority",
    "renew_calendar_key",
    "replace_file",
    "report_absence",
    "report_follow_up",
    "request_access",
    "resend_notice",
    "revoke_calendar_key",
    "save_minutes",
    "save_paper",
    "send_minutes",
    "send_to_review",
    "send_waiting_notices",
    "sending_problems",
    "set_duration",
    "set_priority",
    "set_proposals",
    "set_signals",
    "start_minutes",
    "step_case",
    "take_back_holding",
    "take_off_agenda",
    "withdraw_absence",
    "withdraw_case",
    "withdraw_document",
]
