import json
import re
import shutil
import subprocess
from pathlib import Path

from django.test import Client

from accounts.models import User
from portfolio.models import Initiative
from tests.browser.conftest import CONTRIBUTOR, DEPUTY, EDITOR, needed
from tests.browser.pages import ALIKE, CONTRIBUTOR_PAGES, EDITOR_PAGES, LEADER_PAGES, PUBLIC, address

VNU = Path(__file__).resolve().parents[2] / "node_modules/vnu-jar/build/dist/vnu.jar"
ROW = """<!DOCTYPE html><html lang="nb"><head><meta charset="utf-8"><title>Rad</title></head><body><h1>Tiltak</h1>
<form id="felles"></form><table>
<caption>Tiltak</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></body></html>"""
# The design system's elements are custom elements, which the checker cannot know; their attributes it checks as on any element
IGNORED = re.compile("Element “ds-[a-z-]+” not allowed")


def client_of(email):
    client = Client(raise_request_exception=False)
    if email:
        client.force_login(User.objects.get(email=email))
    return client


def hidden(client, path):
    """What the form's page sends along unseen, as a browser would."""
    tags = re.findall(r"<input\b[^>]*>", client.get(path).content.decode())
    fields = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in tags]
    return {field["name"]: field.get("value", "") for field in fields if field.get("type") == "hidden"}


def as_row(html):
    return ROW.format("<th scope=col>Kolonne</th>" * 8, html)


def pages():
    """The HTML of every page and of every form with its errors, by a name."""
    visitors = {
        None: PUBLIC,
        EDITOR: EDITOR_PAGES | ALIKE,
        CONTRIBUTOR: CONTRIBUTOR_PAGES,
        DEPUTY: LEADER_PAGES,
    }
    for visitor, patterns in visitors.items():
        client = client_of(visitor)
        for name, pattern in patterns.items():
            response = client.get(address(pattern))
            assert response.headers["Content-Type"].startswith("text/html"), name
            yield f"{name}-{(visitor or 'public').partition('@')[0]}", response.content.decode()

    editor = client_of(EDITOR)
    initiative = Initiative.objects.get(slug="fact-hadeland")
    status = f"/tiltak/{initiative.slug}/status/"
    asked = {"HX-Request": "true", "HX-Target": f"tiltak-{initiative.pk}"}
    wrong = {
        "phase": "gal",
        "state": "gal",
        "reported_on": "i går",
        "comment": "?",
        "next_step": "<b>",
        "based_on": "x",
    }
    stale = {
        "phase": "losning-losning",
        "state": "active",
        "reported_on": "2025-09-01",
        "comment": "Min.",
        "based_on": "",
    }
    yield "rad", as_row(editor.get(f"/tiltak/{initiative.slug}/rad/", headers=asked).content.decode())
    yield "rad-skjema", as_row(editor.get(status, headers=asked).content.decode())
    for name, data in (("feil", wrong), ("konflikt", stale)):
        for headers, frame in ((asked, as_row), ({}, str)):
            response = editor.post(status, data, headers=headers)
            assert response.status_code == 422
            yield f"status-{name}-{frame.__name__}", frame(response.content.decode())
    forms = {
        "felles-feil": ("/tiltak/status/felles/", {"tiltak": ["1", "2"], "comment": "?"}),
        "tiltak-nytt-feil": ("/tiltak/ny/", {"title": ""}),
        "tiltak-rediger-feil": (f"/tiltak/{initiative.slug}/rediger/", {"title": "<i>"}),
        "ta-ut-feil": (f"/tiltak/{initiative.slug}/ta-ut/", {}),
        "ta-inn-feil": ("/tiltak/arkivert-tiltak/ta-inn/", {}),
        "utgave-feil": ("/handlingsdel/utgaver/ny/", {"as_of": "2999-01-01", "title": ""}),
        "omrade-feil": ("/programomrader/ny/", {"name": ""}),
        "passord-feil": ("/konto/passord/", {"oldpassword": "gal", "password1": "a", "password2": "b"}),
        "nyhetsbrev-nytt-feil": ("/nyhetsbrev/ny/", {"title": ""}),
        "nyhetsbrev-publiser-feil": ("/nyhetsbrev/{timed}/publiser/", {"when": "later"}),
        "nyhetsbrev-opplysninger-konflikt": (
            "/nyhetsbrev/{letter}/opplysninger/",
            {"title": "Min", "version": "99"},
        ),
        "nyhetsbrev-rett-feil": ("/nyhetsbrev/{corrected}/rett/", {"note": ""}),
        "begrunnelse-feil": (
            "/nyhetsbrev/{letter}/kontroll/godta/",
            {"code": "newsletter_attachment_missing"},
        ),
        "blokk-feil": (
            "/nyhetsbrev/blokker/{block_handlingsdel}/rediger/",
            {"scope": "areas", "since": "i går"},
        ),
        "blokk-konflikt": (
            "/nyhetsbrev/blokker/{block_text}/rediger/",
            {"heading": "Min", "version": "99"},
        ),
        "bilde-feil": ("/nyhetsbrev/blokker/{block_text}/bilder/ny/", {}),
        "vedlegg-feil": ("/nyhetsbrev/{letter}/vedlegg/ny/", {}),
        "abonner-feil": ("/nyhetsbrev/abonner/", {"email": "x"}),
    }
    for name, (pattern, data) in forms.items():
        path = address(pattern)
        response = editor.post(path, {**hidden(editor, path), **data})
        assert "ds-error-summary" in response.content.decode(), name
        yield name, response.content.decode()
    response = client_of(None).post("/konto/login/", {"login": "x@example.no", "password": "gal"})
    yield "logg-inn-feil", response.content.decode()


def test_html_of_every_page_is_valid(rich_site, settings, tmp_path):
    settings.ROOT_URLCONF = "tests.browser.urls"
    java = needed(shutil.which("java"), "Java")
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, html in pages():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    checker = needed(str(VNU), "The W3C checker (vnu)")
    result = subprocess.run(  # noqa: S603 -- our own files
        [
            str(java),
            "-Xss1m",
            "-jar",
            str(checker),
            "--format",
            "json",
            "--stdout",
            "--exit-zero-always",
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    found: dict[str, dict[str, str]] = {}
    for message in json.loads(result.stdout)["messages"]:
        if (message["type"] == "info" and message.get("subType") != "warning") or IGNORED.search(
            message["message"]
        ):
            continue
        page = Path(message["url"]).stem
        where = f"{page}: {' '.join(message.get('extract', '').split())[:160]}"
        found.setdefault(message["message"], {}).setdefault(page, where)
    assert len(list(folder.iterdir())) > 60
    report = [
        f"{text} On {len(pages)} pages, such as {next(iter(pages.values()))}"
        for text, pages in sorted(found.items())
    ]
    assert report == []
