"""Published newsletters: the archive, one of them, its PDF, and the feed."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helsefellesskap import downloads, mail
from helsefellesskap.http import Request
from newsletters import actions, permissions
from newsletters.documents.content import label_of, published_line
from newsletters.documents.counts import counts_of
from newsletters.models import Download, Newsletter

FEED_LENGTH = 20


@login_not_required
@require_safe
def newsletter_list(request: Request) -> HttpResponse:
    published = list(Newsletter.objects.published().newest().light().newest_first())
    can_read_drafts = permissions.can_read_drafts(request.user)
    counts = counts_of(published) if can_read_drafts else {}
    for newsletter in published:
        newsletter.counts = counts.get(newsletter.pk)  # type: ignore[attr-defined]
    by_year = [(year, list(rows)) for year, rows in groupby(published, key=lambda row: row.year)]
    context = {
        "by_year": by_year,
        "in_work": Newsletter.objects.visible_to(request.user).in_work().light().newest_first()
        if can_read_drafts
        else [],
        "can_edit": permissions.can_edit_newsletters(request.user),
        "can_keep": permissions.can_keep_subscriptions(request.user),
    }
    return render(request, "newsletters/newsletter_list.html", context)


@login_not_required
@require_safe
def newsletter_detail(request: Request, year: int, number: int) -> HttpResponse:
    """The newest published version."""
    return _page(request, get_object_or_404(_of(year, number).newest()))


@login_not_required
@require_safe
def newsletter_version(request: Request, year: int, number: int, version: int) -> HttpResponse:
    """One published version, replaced or not."""
    return _page(request, get_object_or_404(_of(year, number), correction=version - 1))


def _of(year: int, number: int) -> Any:
    found = Newsletter.objects.published().filter(year=year, number=number)
    return found.defer("mail_html", "mail_text")


def _page(request: Request, newsletter: Newsletter) -> HttpResponse:
    versions = list(_of(newsletter.year, newsletter.number).light().order_by("-correction"))
    _count(request, newsletter, Download.What.PAGE)
    content = newsletter.data or {}
    can_read_drafts = permissions.can_read_drafts(request.user)
    context = {
        "newsletter": newsletter,
        "label": label_of(content),
        "dated": published_line(content),
        "newest": versions[0],
        "versions": versions,
        "counts": counts_of([newsletter]).get(newsletter.pk) if can_read_drafts else None,
        "can_edit": permissions.can_edit_newsletters(request.user),
        "can_read_drafts": can_read_drafts,
        "correction": Newsletter.objects.visible_to(request.user)
        .in_work()
        .filter(year=newsletter.year, number=newsletter.number)
        .light()
        .first()
        if can_read_drafts
        else None,
    }
    return render(request, "newsletters/newsletter_detail.html", context)


@login_not_required
@require_safe
def newsletter_pdf(request: Request, year: int, number: int) -> HttpResponseBase:
    return _file(request, get_object_or_404(_of(year, number).light().newest()))


@login_not_required
@require_safe
def newsletter_version_pdf(request: Request, year: int, number: int, version: int) -> HttpResponseBase:
    return _file(request, get_object_or_404(_of(year, number).light(), correction=version - 1))


def _file(request: Request, newsletter: Newsletter) -> HttpResponseBase:
    """The frozen file itself, never printed again."""
    response = downloads.serve(
        request,
        newsletter.pdf,
        name=newsletter.file_name,
        content_type=downloads.PDF,
        sha256=newsletter.sha256,
    )
    if response.status_code == 200:
        _count(request, newsletter, Download.What.PDF)
    return response


def _count(request: Request, newsletter: Newsletter, what: str) -> None:
    """Readers are counted, not the people who make it; a count that fails is no reason to send nobody anything."""
    if request.method != "GET" or permissions.can_read_drafts(request.user):
        return
    with suppress(DatabaseError):
        actions.count_download(newsletter=newsletter, what=what)


@login_not_required
@require_safe
def newsletter_feed(request: Request) -> HttpResponse:
    """The newest newsletters as Atom."""
    own = mail.absolute(reverse("newsletters:newsletter-feed"))
    feed = Atom1Feed(
        title=_("Nyhetsbrev fra %(partnership)s") % {"partnership": settings.SITE_NAME},
        link=mail.absolute(reverse("newsletters:newsletter-list")),
        feed_url=own,
        description="",
        language=settings.LANGUAGE_CODE,
        author_name=settings.SITE_NAME,
    )
    newest = Newsletter.objects.newest().defer("page", "mail_html", "mail_text").newest_first()
    for newsletter in newest[:FEED_LENGTH]:
        content = newsletter.data or {}
        headings = [section["heading"] for section in content.get("sections", []) if section["heading"]]
        feed.add_item(
            title=f"{label_of(content)}: {newsletter.title}",
            link=mail.absolute(newsletter.get_absolute_url()),
            description=" · ".join(filter(None, [newsletter.correction_note, *headings])),
            unique_id=f"urn:uuid:{newsletter.public_id}",
            pubdate=newsletter.published_at,
            updateddate=newsletter.published_at,
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    feed.write(response, "utf-8")
    return response
