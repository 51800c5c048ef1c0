"""Addresses of newsletters."""

from django.urls import path

from newsletters.views import (
    approvals,
    attachments,
    blocks,
    checks,
    deliveries,
    drafts,
    files,
    newsletters,
    pictures,
    subscriptions,
)

app_name = "newsletters"

newsletter_urls = [
    path("nyhetsbrev/", newsletters.newsletter_list, name="newsletter-list"),
    path("feed/nyhetsbrev/", newsletters.newsletter_feed, name="newsletter-feed"),
    path("nyhetsbrev/<int:year>/<int:number>/", newsletters.newsletter_detail, name="newsletter-detail"),
    path("nyhetsbrev/<int:year>/<int:number>.pdf", newsletters.newsletter_pdf, name="newsletter-pdf"),
    path(
        "nyhetsbrev/<int:year>/<int:number>/versjon/<int:version>/",
        newsletters.newsletter_version,
        name="newsletter-version",
    ),
    path(
        "nyhetsbrev/<int:year>/<int:number>/versjon/<int:version>.pdf",
        newsletters.newsletter_version_pdf,
        name="newsletter-version-pdf",
    ),
    path("nyhetsbrev/vedlegg/<uuid:public_id>/<str:name>", files.attachment_file, name="attachment-file"),
    path("nyhetsbrev/bilder/<uuid:public_id>/<str:name>", files.picture_file, name="picture-file"),
]
draft_urls = [
    path("nyhetsbrev/ny/", drafts.newsletter_create, name="newsletter-create"),
    path("nyhetsbrev/<uuid:public_id>/", drafts.newsletter_draft, name="newsletter-draft"),
    path("nyhetsbrev/<uuid:public_id>/utkast.pdf", drafts.newsletter_draft_pdf, name="newsletter-draft-pdf"),
    path("nyhetsbrev/<uuid:public_id>/utskrift/", drafts.newsletter_print, name="newsletter-print"),
    path(
        "nyhetsbrev/<uuid:public_id>/utskrift/<str:key>/<int:page>.webp",
        drafts.newsletter_print_page,
        name="newsletter-print-page",
    ),
    path("nyhetsbrev/<uuid:public_id>/opplysninger/", drafts.newsletter_update, name="newsletter-update"),
    path("nyhetsbrev/<uuid:public_id>/slett/", drafts.newsletter_delete, name="newsletter-delete"),
    path("nyhetsbrev/<uuid:public_id>/rett/", drafts.newsletter_correct, name="newsletter-correct"),
    path("nyhetsbrev/<uuid:public_id>/kontroll/", checks.newsletter_check, name="newsletter-check"),
    path("nyhetsbrev/<uuid:public_id>/kontroll/godta/", checks.finding_accept, name="finding-accept"),
    path("nyhetsbrev/<uuid:public_id>/kontroll/angre/", checks.finding_reject, name="finding-reject"),
    path("nyhetsbrev/<uuid:public_id>/send/", approvals.newsletter_send, name="newsletter-send"),
    path("nyhetsbrev/<uuid:public_id>/trekk/", approvals.newsletter_withdraw, name="newsletter-withdraw"),
    path("nyhetsbrev/<uuid:public_id>/godkjenn/", approvals.newsletter_approve, name="newsletter-approve"),
    path("nyhetsbrev/<uuid:public_id>/publiser/", approvals.newsletter_publish, name="newsletter-publish"),
]
block_urls = [
    path("nyhetsbrev/<uuid:public_id>/rediger/", blocks.newsletter_edit, name="newsletter-edit"),
    path("nyhetsbrev/<uuid:public_id>/blokker/", blocks.block_create, name="block-create"),
    path("nyhetsbrev/blokker/<uuid:public_id>/", blocks.block_preview, name="block-preview"),
    path("nyhetsbrev/blokker/<uuid:public_id>/rediger/", blocks.block_update, name="block-update"),
    path("nyhetsbrev/blokker/<uuid:public_id>/lagre/", blocks.block_autosave, name="block-autosave"),
    path("nyhetsbrev/blokker/<uuid:public_id>/flytt/", blocks.block_move, name="block-move"),
    path("nyhetsbrev/blokker/<uuid:public_id>/slett/", blocks.block_delete, name="block-delete"),
    path("nyhetsbrev/blokker/<uuid:public_id>/bilder/ny/", pictures.picture_create, name="picture-create"),
    path("nyhetsbrev/bilder/<uuid:public_id>/rediger/", pictures.picture_update, name="picture-update"),
    path("nyhetsbrev/bilder/<uuid:public_id>/slett/", pictures.picture_delete, name="picture-delete"),
]
attachment_urls = [
    path("nyhetsbrev/<uuid:public_id>/vedlegg/ny/", attachments.attachment_create, name="attachment-create"),
    path(
        "nyhetsbrev/vedlegg/<uuid:public_id>/rediger/",
        attachments.attachment_update,
        name="attachment-update",
    ),
    path("nyhetsbrev/vedlegg/<uuid:public_id>/flytt/", attachments.attachment_move, name="attachment-move"),
    path(
        "nyhetsbrev/vedlegg/<uuid:public_id>/slett/", attachments.attachment_delete, name="attachment-delete"
    ),
]
subscription_urls = [
    path("nyhetsbrev/abonner/", subscriptions.subscription_create, name="subscription-create"),
    path("nyhetsbrev/abonner/takk/", subscriptions.subscription_receipt, name="subscription-receipt"),
    path("nyhetsbrev/bekreft/<str:token>/", subscriptions.subscription_confirm, name="subscription-confirm"),
    path("nyhetsbrev/avmeld/<str:token>/", subscriptions.subscription_end, name="subscription-end"),
    path("nyhetsbrev/abonnenter/", subscriptions.subscription_list, name="subscription-list"),
    path(
        "nyhetsbrev/abonnenter.<str:file_format>",
        subscriptions.subscription_export,
        name="subscription-export",
    ),
    path("nyhetsbrev/abonnenter/import/", subscriptions.import_create, name="import-create"),
    path("nyhetsbrev/abonnenter/import/<uuid:public_id>/", subscriptions.import_detail, name="import-detail"),
    path(
        "nyhetsbrev/abonnenter/<uuid:public_id>/",
        subscriptions.subscription_detail,
        name="subscription-detail",
    ),
    path(
        "nyhetsbrev/abonnenter/<uuid:public_id>/slett/",
        subscriptions.subscription_delete,
        name="subscription-delete",
    ),
]
delivery_urls = [
    path("nyhetsbrev/<uuid:public_id>/utsending/", deliveries.delivery_list, name="delivery-list"),
    path("nyhetsbrev/<uuid:public_id>/utsending/prove/", deliveries.delivery_test, name="delivery-test"),
]
urlpatterns = [
    *newsletter_urls,
    *draft_urls,
    *block_urls,
    *attachment_urls,
    *subscription_urls,
    *delivery_urls,
]
