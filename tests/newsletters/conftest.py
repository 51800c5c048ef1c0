"""A newsletter in its states, made the way people make it."""

import pytest

from newsletters import actions
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Newsletter


@pytest.fixture
def write(editor):
    """`write(newsletter, "text", body="<p>…</p>")` adds a block at the end."""

    def add(newsletter, kind="text", *, heading="Overskrift", body="", settings=None, is_sub=False, by=None):
        block = actions.add_block(
            newsletter=newsletter, kind=kind, after=newsletter.blocks.last(), by=by or editor
        )
        return actions.save_block(
            block=block,
            heading=heading,
            is_sub=is_sub,
            body=body,
            settings=settings or {},
            version=block.version,
            by=by or editor,
        )

    return add


@pytest.fixture
def draft(editor, write) -> Newsletter:
    newsletter = actions.create_newsletter(title="Nytt i juni", period="juni 2026", as_of=None, by=editor)
    write(newsletter, body="<p>Partnerskapet hilser.</p>")
    return newsletter


@pytest.fixture
def approve(editor, chair, vice_chair):
    """Sends a draft to approval, and has both sides approve it."""

    def run(newsletter) -> Newsletter:
        actions.send_newsletter(newsletter=newsletter, by=editor)
        for person in (chair, vice_chair):
            actions.approve_newsletter(newsletter=newsletter, content=fingerprint(newsletter), by=person)
        return Newsletter.objects.get(pk=newsletter.pk)

    return run


@pytest.fixture
def approved(draft, approve) -> Newsletter:
    return approve(draft)


@pytest.fixture
def published(approved, editor) -> Newsletter:
    return actions.publish_newsletter(newsletter=approved, by=editor)
