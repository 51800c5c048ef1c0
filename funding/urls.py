"""The addresses of money."""

from django.urls import path, re_path

from funding.views import allocations, editions, gains, grants, postings, proposals, reports, rounds

app_name = "funding"

grant_urls = [
    path("midler/", grants.grant_list, name="grant-list"),
    path("midler/<int:year>/", grants.grant_detail, name="grant-detail"),
    re_path(
        r"^midler/(?P<year>[0-9]{4})\.(?P<file_format>pdf|xlsx|csv)$", grants.grant_file, name="grant-file"
    ),
    path("midler/sammenlign/", grants.grant_compare, name="grant-compare"),
    path("midler/ordninger/ny/", grants.scheme_create, name="scheme-create"),
    path("midler/tilskudd/ny/", grants.grant_create, name="grant-create"),
    path("midler/tilskudd/<uuid:public_id>/rediger/", grants.grant_update, name="grant-update"),
    path("midler/tilskudd/<uuid:public_id>/overfor/", grants.grant_transfer, name="grant-transfer"),
    path("midler/tilskudd/<uuid:public_id>/tildel/", postings.grant_allocate, name="grant-allocate"),
    path("midler/tilskudd/<uuid:public_id>/send/", editions.grant_send, name="grant-send"),
]
allocation_urls = [
    path("midler/tildelinger/ny/", allocations.allocation_create, name="allocation-create"),
    path("midler/tildelinger/<uuid:public_id>/", allocations.allocation_detail, name="allocation-detail"),
    path(
        "midler/tildelinger/<uuid:public_id>/rediger/",
        allocations.allocation_update,
        name="allocation-update",
    ),
    path("midler/tildelinger/<uuid:public_id>/rad/", allocations.allocation_row, name="allocation-row"),
    path("midler/tildelinger/<uuid:public_id>/flytt/", allocations.allocation_move, name="allocation-move"),
    path("midler/tildelinger/<uuid:public_id>/belop/", postings.allocation_amount, name="allocation-amount"),
    path(
        "midler/tildelinger/<uuid:public_id>/trekk/",
        postings.allocation_withdraw,
        name="allocation-withdraw",
    ),
    path("midler/tildelinger/<uuid:public_id>/utbetalt/", postings.allocation_pay, name="allocation-pay"),
    path(
        "midler/tildelinger/<uuid:public_id>/tilbakefor/",
        postings.allocation_return,
        name="allocation-return",
    ),
    path("midler/tildelinger/<uuid:public_id>/overfor/", postings.allocation_carry, name="allocation-carry"),
    path("midler/tildelinger/<uuid:public_id>/rett/", postings.allocation_correct, name="allocation-correct"),
    path("midler/overforinger/<uuid:public_id>/rett/", postings.transfer_correct, name="transfer-correct"),
    path(
        "midler/tildelinger/<uuid:public_id>/brev.pdf",
        allocations.allocation_letter,
        name="allocation-letter",
    ),
    path("midler/tildelinger/<uuid:public_id>/rapport/", reports.report_create, name="report-create"),
]
round_urls = [
    path("midler/runder/ny/", rounds.round_create, name="round-create"),
    path("midler/runder/<uuid:public_id>/", rounds.round_detail, name="round-detail"),
    path("midler/runder/<uuid:public_id>/rediger/", rounds.round_update, name="round-update"),
    path("midler/runder/<uuid:public_id>/steg/", rounds.round_move, name="round-move"),
    path("midler/runder/<uuid:public_id>/vedta/", rounds.round_decide, name="round-decide"),
    path("midler/innspill/ny/", proposals.proposal_create, name="proposal-create"),
    path("midler/innspill/<uuid:public_id>/", proposals.proposal_detail, name="proposal-detail"),
    path("midler/innspill/<uuid:public_id>/rediger/", proposals.proposal_update, name="proposal-update"),
    path("midler/innspill/<uuid:public_id>/send/", proposals.proposal_submit, name="proposal-submit"),
    path(
        "midler/innspill/<uuid:public_id>/ta-tilbake/",
        proposals.proposal_take_back,
        name="proposal-take-back",
    ),
    path("midler/innspill/<uuid:public_id>/slett/", proposals.proposal_delete, name="proposal-delete"),
    path("midler/innspill/<uuid:public_id>/svar/", proposals.proposal_answer, name="proposal-answer"),
    path("midler/innspill/<uuid:public_id>/angre/", proposals.proposal_reopen, name="proposal-reopen"),
]
edition_urls = [
    path("midler/utgaver/", editions.edition_list, name="edition-list"),
    path("midler/utgaver/ny/", editions.edition_create, name="edition-create"),
    path("midler/utgaver/<int:number>/", editions.edition_detail, name="edition-detail"),
    path("midler/utgaver/<int:number>.pdf", editions.edition_pdf, name="edition-pdf"),
]
gain_urls = [
    path("midler/gevinster/", gains.gain_list, name="gain-list"),
    path("midler/gevinster/ny/", gains.gain_create, name="gain-create"),
    path("midler/gevinster/<uuid:public_id>/rediger/", gains.gain_update, name="gain-update"),
    path("midler/gevinster/<uuid:public_id>/slett/", gains.gain_delete, name="gain-delete"),
]
urlpatterns = [*grant_urls, *allocation_urls, *round_urls, *edition_urls, *gain_urls]
