"""Settings: a missing or malformed value stops the start with one sentence that names it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "x" * 50,
    "BASE_URL": "https://portal.example.no/",
    "ALLOWED_HOSTS": "portal.example.no",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.no:587",
    "ACCESSIBILITY_URL": "https://example.no/tilgjengelighet",
    "PRIVACY_URL": "https://example.no/personvern",
    "DATABASE_URL": "postgres://user:password@127.0.0.1:5432/helsefellesskap",
}
TRIAL = {"DEMO": "1"}
ASKED = ["DEBUG", "DEMO", "IS_SECURE", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]

STOPS = {
    **{f"{name} missing": (PRODUCTION, {name: ""}, name) for name in PRODUCTION if name != "DATABASE_URL"},
    "debug": (TRIAL, {"DEBUG": "maybe"}, "DEBUG"),
    "demo": (TRIAL, {"DEMO": "ja"}, "DEMO"),
    "port": (TRIAL, {"PORT": "http"}, "PORT"),
    "base url": (TRIAL, {"BASE_URL": "portal.example.no"}, "BASE_URL"),
    "base url scheme": (TRIAL, {"BASE_URL": "ftp://127.0.0.1/"}, "BASE_URL"),
    "base url brackets": (TRIAL, {"BASE_URL": "http://[::1/"}, "BASE_URL"),
    "base url port": (TRIAL, {"BASE_URL": "http://127.0.0.1:http/"}, "BASE_URL"),
    "demo elsewhere": (TRIAL, {"BASE_URL": "https://portal.example.no/"}, "DEMO"),
    "demo at a name that begins alike": (TRIAL, {"BASE_URL": "http://127.0.0.1.example.no/"}, "DEMO"),
    "demo at a name with a person": (TRIAL, {"BASE_URL": "http://localhost@example.no/"}, "DEMO"),
    "demo in production": ({**PRODUCTION, "DEMO": "1"}, {}, "DEMO"),
    "short key": (PRODUCTION, {"SECRET_KEY": "short"}, "SECRET_KEY"),
    "database": (TRIAL, {"DATABASE_URL": "abc"}, "DATABASE_URL"),
    "other database": (TRIAL, {"DATABASE_URL": "mysql://127.0.0.1/x"}, "DATABASE_URL"),
    "database port": (TRIAL, {"DATABASE_URL": "postgres://a:hemmelig@127.0.0.1:x/y"}, "DATABASE_URL"),
    "e-mail": (PRODUCTION, {"EMAIL_URL": "mail.example.no"}, "EMAIL_URL"),
    "e-mail port": (PRODUCTION, {"EMAIL_URL": "smtp://a:hemmelig@mail.example.no:x"}, "EMAIL_URL"),
    "mail rate": (TRIAL, {"MAIL_PER_MINUTE": "mange"}, "MAIL_PER_MINUTE"),
    "mail rate below nothing": (TRIAL, {"MAIL_PER_MINUTE": "-1"}, "MAIL_PER_MINUTE"),
    "hosts": (PRODUCTION, {"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS"),
    "storage": (TRIAL, {"STORAGE_URL": "s3://bucket"}, "STORAGE_URL"),
    "storage with a public list": (
        TRIAL,
        {"STORAGE_URL": "s3://a:hemmelig@host/filer?acl=public"},
        "STORAGE_URL",
    ),
    "upload limit": (TRIAL, {"UPLOAD_LIMIT_MB": "stor"}, "UPLOAD_LIMIT_MB"),
    "no upload limit": (TRIAL, {"UPLOAD_LIMIT_MB": "0"}, "UPLOAD_LIMIT_MB"),
    "scanner": (TRIAL, {"SCANNER_URL": "127.0.0.1:3310"}, "SCANNER_URL"),
    "scanner both ways": (TRIAL, {"SCANNER_URL": "clamd://127.0.0.1/run/clamd.ctl"}, "SCANNER_URL"),
    "scanner port": (TRIAL, {"SCANNER_URL": "clamd://127.0.0.1:x"}, "SCANNER_URL"),
    "data": (TRIAL, {"DATA_DIR": "/dev/null/x"}, "DATA_DIR"),
}
STARTS = {
    "trial": (TRIAL, {}, "False True False False False False"),
    "trial at localhost": (
        TRIAL,
        {"BASE_URL": "http://localhost:8001/"},
        "False True False False False False",
    ),
    "trial on IPv6": (TRIAL, {"BASE_URL": "http://[::1]:8001/"}, "False True False False False False"),
    "debug elsewhere": (
        {"DEBUG": "1", "DEMO": "1"},
        {"BASE_URL": "http://192.168.1.2/"},
        "True True False False False False",
    ),
    "storage elsewhere and a scanner": (
        TRIAL,
        {
            "STORAGE_URL": "s3://key:secret@s3.example.no:9000/filer?tls=0",
            "SCANNER_URL": "clamd:///run/clamav/clamd.ctl",
            "UPLOAD_LIMIT_MB": "50",
        },
        "False True False False False False",
    ),
    "production": (PRODUCTION, {}, "False False True True True True"),
    "production without https": (
        PRODUCTION,
        {"BASE_URL": "http://portal.example.no/"},
        "False False False False False False",
    ),
}


STARTER = """
import importlib, json, os, sys, tempfile, traceback
import csp.constants, django.utils.translation, django_stubs_ext, environ

def read(environment, asked):
    os.environ.clear()
    os.environ.update(environment)
    try:
        settings = importlib.import_module("helsefellesskap.settings")
        print(*(getattr(settings, name) for name in asked))
        return 0
    except SystemExit as end:
        print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    return 1

ends = {}
cases, asked = json.load(sys.stdin)
for name, environment in cases.items():
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            code = read(environment, asked)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        ends[name] = [code, out.read(), err.read()]
json.dump(ends, sys.stdout)
"""
"""Reads the settings once for each case, in a fork, since a process can read them only once."""


def start(cases: dict[str, dict[str, str]], folder: Path) -> dict[str, list]:
    """Exit code, output and complaints of each case; an empty value shields from the developer's own .env."""
    shield = dict.fromkeys(
        re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE), ""
    )
    environments = {
        name: {"PATH": os.environ["PATH"], **shield, "DATA_DIR": str(folder / str(number)), **given}
        for number, (name, given) in enumerate(cases.items())
    }
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", STARTER],
        input=json.dumps([environments, ASKED]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> dict[str, list]:
    cases = {**STOPS, **STARTS}
    return start(
        {name: {**base, **changes} for name, (base, changes, _) in cases.items()},
        tmp_path_factory.mktemp("data"),
    )


@pytest.mark.parametrize("case", STOPS)
def test_a_bad_value_stops_the_start_with_one_sentence_that_names_it(started, case):
    code, _output, complaint = started[case]

    assert code != 0
    (sentence,) = complaint.strip().splitlines()
    assert STOPS[case][2] in sentence
    assert sentence.endswith(".")
    assert "hemmelig" not in sentence


@pytest.mark.parametrize("case", STARTS)
def test_a_good_environment_starts(started, case):
    code, output, complaint = started[case]

    assert code == 0, complaint
    assert output.strip() == STARTS[case][2]


def test_a_trial_keeps_its_key_beside_its_data(tmp_path):
    folder = {**TRIAL, "DATA_DIR": str(tmp_path)}

    first = start({"once": folder}, tmp_path)["once"]
    key = (tmp_path / "secret_key").read_text()
    start({"again": folder}, tmp_path)

    assert first[0] == 0
    assert len(key) > 32
    assert (tmp_path / "secret_key").read_text() == key
    assert oct((tmp_path / "secret_key").stat().st_mode)[-3:] == "600"
