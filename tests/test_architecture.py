"""What holds for the whole: open views, migrations, paired fields, names of templates, forbidden words."""

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import permissions as accounts_permissions
from funding import permissions as funding_permissions
from meetings import permissions as meetings_permissions
from newsletters import permissions as newsletters_permissions
from portfolio import permissions as portfolio_permissions

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "portfolio", "meetings", "funding", "newsletters")

OPEN_VIEWS = {
    "home",
    "favicon",
    "live",
    "ready",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_inactive",
    "admin:login",
    "portfolio:initiative-list",
    "portfolio:initiative-export",
    "portfolio:initiative-detail",
    "portfolio:handlingsdel",
    "portfolio:handlingsdel-file",
    "portfolio:edition-list",
    "portfolio:edition-detail",
    "portfolio:edition-pdf",
    "portfolio:area-list",
    "portfolio:area-detail",
    "portfolio:strategic-area-list",
    "portfolio:strategic-area-detail",
    "portfolio:organisation-list",
    "portfolio:organisation-detail",
    "meetings:calendar",
    "meetings:calendar-secret",
    "meetings:agenda-pdf",
    "meetings:meeting-list",
    "meetings:meeting-by-id",
    "meetings:meeting-detail",
    "meetings:minutes-by-id",
    "meetings:minutes-by-id-pdf",
    "meetings:minutes-detail",
    "meetings:minutes-pdf",
    "meetings:case-list",
    "meetings:case-by-id",
    "meetings:case-export",
    "meetings:case-detail",
    "meetings:document-detail",
    "meetings:document-page",
    "meetings:document-file",
    "meetings:access-request-document",
    "meetings:access-request-case",
    "meetings:access-request-receipt",
    "meetings:follow-up-list",
    "meetings:follow-up-file",
    "meetings:event-list",
    "meetings:event-detail",
    "meetings:signal-list",
    "meetings:body-list",
    "meetings:body-detail",
    "funding:grant-list",
    "funding:grant-detail",
    "funding:grant-file",
    "funding:grant-compare",
    "funding:allocation-detail",
    "funding:edition-list",
    "funding:edition-detail",
    "funding:edition-pdf",
    "funding:gain-list",
    "newsletters:newsletter-list",
    "newsletters:newsletter-feed",
    "newsletters:newsletter-detail",
    "newsletters:newsletter-version",
    "newsletters:newsletter-pdf",
    "newsletters:newsletter-version-pdf",
    "newsletters:attachment-file",
    "newsletters:picture-file",
    "newsletters:subscription-create",
    "newsletters:subscription-receipt",
    "newsletters:subscription-confirm",
    "newsletters:subscription-end",
}


def views(patterns=None, prefix=""):
    """Every named address with its view."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from views(pattern.url_patterns, namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name, pattern.callback


def test_the_open_views_are_these():
    open_ones = {name for name, view in views() if getattr(view, "login_required", True) is False}

    assert open_ones == OPEN_VIEWS


NO_SUCH = {"int": "1", "str": "A", "slug": "finnes-ikke", "uuid": "00000000-0000-4000-8000-000000000000"}


def closed_addresses():
    """An address of each view that is not open, with ids that do not exist."""
    for resolver in get_resolver().url_patterns:
        if not isinstance(resolver, URLResolver) or resolver.namespace == "admin":
            continue
        for pattern in resolver.url_patterns:
            if getattr(pattern.callback, "login_required", True):
                path = re.sub(r"<(\w+):\w+>", lambda found: NO_SUCH[found[1]], str(pattern.pattern))
                yield f"/{resolver.pattern}{path}"


CLOSED = ["/admin/", "/admin/accounts/user/", "/admin/accounts/organisation/1/change/", *closed_addresses()]


@pytest.mark.parametrize("address", CLOSED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_everything_else_sends_the_public_to_sign_in(db, address, method):
    response = getattr(Client(), method)(address)

    assert response.status_code == 302
    assert response.url.startswith(("/konto/login/", "/admin/login/"))


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def our_models():
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    ]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
def test_what_a_person_did_at_a_time_is_kept_together(model):
    """`…_at` beside `…_by`: both required, or one constraint that speaks of both."""
    fields = {field.name: field for field in model._meta.get_fields() if isinstance(field, models.Field)}
    pairs = [
        (fields[name], fields[name[:-3] + "_by"])
        for name in fields
        if name.endswith("_at") and name[:-3] + "_by" in fields
    ]
    for pair in pairs:
        together = any(
            all(field.name in str(constraint) for field in pair) for constraint in model._meta.constraints
        )
        assert together or not any(field.null for field in pair)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
def test_constraints_and_docstrings_follow_the_house(model):
    for constraint in model._meta.constraints:
        assert constraint.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_")
    assert model.__doc__.strip().endswith(".")


def test_templates_are_named_by_noun_and_verb():
    verbs = (
        "list|detail|edit|create|close|reopen|propose|return|shared|answer|archive|call|cancel|correct|decide|declare"
        "|exempt|forward|move|publish|receipt|replace|report|send|treat|upload|withdraw|allocate|compare|post|transfer|check|confirm|delete|draft|end|print|update"
    )
    odd = [
        str(path.relative_to(ROOT / "templates"))
        for folder in ("portfolio", "meetings", "funding", "newsletters")
        for path in sorted((ROOT / "templates" / folder).glob("*.html"))
        if not re.fullmatch(rf"([a-z]+_)+({verbs})|handlingsdel", path.stem)
    ]

    assert odd == []


def test_every_template_is_used():
    sources = "\n".join(path.read_text() for path in project_files(".py", ".html"))
    names = [
        str(path.relative_to(ROOT / "templates"))
        for folder in ("portfolio", "meetings", "funding", "newsletters", "components", "forms", "print")
        for path in (ROOT / "templates" / folder).rglob("*.html")
    ]

    assert [name for name in names if not re.search(rf"""["']{name}["'#{{]""", sources)] == []


def project_files(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [
        ROOT / name
        for name in listed
        if (ROOT / name).is_file()
        and (ROOT / name).suffix not in {".ttf", ".woff2", ".png", ".jpg", ".pdf"}
        and (not endings or name.endswith(endings))
    ]


FOREIGN = ("LICENSE", "package-lock.json", "static/vendor", "static/fonts", "requirements")
FORBIDDEN = re.compile(r"safe[l]inks|protection\.outlook|sykehuset-innlandet\.no|innlandet\.kommune\.no")
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
ALLOWED_HOSTS = re.compile(r"@(?:[\w-]+\.)*(?:example\.no|example|example\.com|example\.org)$", re.IGNORECASE)


def test_no_real_address_and_no_rewritten_link_is_in_the_project():
    found = {}
    for path in project_files():
        name = str(path.relative_to(ROOT))
        if name.startswith(FOREIGN) or "LICENSE" in name:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        words = [match[0] for match in FORBIDDEN.finditer(text)]
        words += [match[0] for match in ADDRESS.finditer(text) if not ALLOWED_HOSTS.search(match[0])]
        if words:
            found[name] = words

    assert found == {}


def test_no_view_is_a_class_and_no_room_is_called_utils():
    named = [
        path for path in project_files(".py") if path.stem in {"utils", "helpers", "services", "signals"}
    ]
    assert [
        path for path in named if "Signal" not in path.read_text()
    ] == []  # a theme from a meeting is a noun
    for path in project_files(".py"):
        if "views" in path.parts or path.name == "views.py":
            assert not re.search(r"class \w+\((.*View|View)\)", path.read_text())


@pytest.mark.parametrize(
    "module",
    [
        accounts_permissions,
        portfolio_permissions,
        meetings_permissions,
        funding_permissions,
        newsletters_permissions,
    ],
)
def test_every_permission_is_asked_somewhere(module):
    code = "\n".join(
        path.read_text()
        for path in project_files(".py")
        if path.name != "permissions.py" and "tests" not in path.parts
    )
    names = [name for name in vars(module) if name.startswith("can_")]

    assert [name for name in names if not re.search(rf"\b{name}\b", code)] == []
