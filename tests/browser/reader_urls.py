"""The project's addresses, and a page that is a reader of `vedlegg/les.pdf` and nothing else."""

from types import SimpleNamespace

import pypdfium2 as pdfium
from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template import engines
from django.urls import path

from helsefellesskap import downloads, page_images
from helsefellesskap.untrusted.pages import text_of
from helsefellesskap.urls import urlpatterns as project

NAME = "vedlegg/les.pdf"
PAGE = """{% extends "base.html" %}{% block title %}Les{% endblock %}{% block heading %}Les{% endblock %}
{% block content %}{% include "components/document_reader.html" %}{% endblock %}"""


def stored() -> FieldFile:
    return FieldFile(SimpleNamespace(file=None), models.FileField(name="file"), NAME)


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    document = pdfium.PdfDocument(stored().open())
    pages = [
        {"number": number, "image_url": f"/les/{number}/", "text": text_of(sheet)}
        for number, sheet in enumerate(document, start=1)
    ]
    context = {"file_url": "/les/fil.pdf", "title": "Innkalling", "pages": pages}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


@login_not_required
def file(request: HttpRequest) -> HttpResponseBase:
    return downloads.serve(
        request, stored(), name="Innkalling.pdf", content_type="application/pdf", sha256="ab"
    )


@login_not_required
def image(request: HttpRequest, number: int) -> HttpResponse:
    return page_images.serve(request, stored(), sha256="ab", page=number)


urlpatterns = [path("les/", page), path("les/fil.pdf", file), path("les/<int:number>/", image), *project]
