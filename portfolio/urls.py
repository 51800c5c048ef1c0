"""The addresses of the portfolio."""

from django.urls import path, re_path

from portfolio.views import areas, handlingsdel, initiatives, statuses

app_name = "portfolio"

initiative_urls = [
    path("tiltak/", initiatives.initiative_list, name="initiative-list"),
    re_path(r"^tiltak\.(?P<file_format>xlsx|csv)$", initiatives.initiative_export, name="initiative-export"),
    path("tiltak/ny/", initiatives.initiative_create, name="initiative-create"),
    path("tiltak/<slug:slug>/", initiatives.initiative_detail, name="initiative-detail"),
    path("tiltak/<slug:slug>/rediger/", initiatives.initiative_update, name="initiative-update"),
    path("tiltak/<slug:slug>/flytt/", initiatives.initiative_move, name="initiative-move"),
    path("tiltak/<slug:slug>/ta-ut/", initiatives.initiative_close, name="initiative-close"),
    path("tiltak/<slug:slug>/ta-inn/", initiatives.initiative_reopen, name="initiative-reopen"),
]
status_urls = [
    path("tiltak/status/felles/", statuses.status_shared, name="status-shared"),
    path("tiltak/<slug:slug>/status/", statuses.status_edit, name="status-edit"),
    path("tiltak/<slug:slug>/rad/", statuses.status_row, name="status-row"),
    path("tiltak/<slug:slug>/meld/", statuses.status_propose, name="status-propose"),
    path("tiltak/status/<int:report_id>/publiser/", statuses.status_publish, name="status-publish"),
    path("tiltak/status/<int:report_id>/send-tilbake/", statuses.status_return, name="status-return"),
]
handlingsdel_urls = [
    path("handlingsdel/", handlingsdel.handlingsdel, name="handlingsdel"),
    re_path(
        r"^handlingsdel\.(?P<file_format>pdf|xlsx|csv)$",
        handlingsdel.handlingsdel_file,
        name="handlingsdel-file",
    ),
    path("handlingsdel/utgaver/", handlingsdel.edition_list, name="edition-list"),
    path("handlingsdel/utgaver/ny/", handlingsdel.edition_create, name="edition-create"),
    path("handlingsdel/utgaver/<int:number>/", handlingsdel.edition_detail, name="edition-detail"),
    path("handlingsdel/utgaver/<int:number>.pdf", handlingsdel.edition_pdf, name="edition-pdf"),
]
reference_urls = [
    path("programomrader/", areas.area_list, name="area-list"),
    path("programomrader/ny/", areas.area_create, name="area-create"),
    path("programomrader/<slug:code>/", areas.area_detail, name="area-detail"),
    path("programomrader/<slug:code>/rediger/", areas.area_update, name="area-update"),
    path("programomrader/<slug:code>/flytt/", areas.area_move, name="area-move"),
    path("satsingsomrader/", areas.strategic_area_list, name="strategic-area-list"),
    path("satsingsomrader/<slug:slug>/", areas.strategic_area_detail, name="strategic-area-detail"),
    path("organisasjoner/", areas.organisation_list, name="organisation-list"),
    path("organisasjoner/<uuid:public_id>/", areas.organisation_detail, name="organisation-detail"),
]
urlpatterns = [*status_urls, *initiative_urls, *handlingsdel_urls, *reference_urls]
