"""Copy what others made from node_modules into static/, or `--check` that the committed copies are untouched."""

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "static"
LIST = STATIC / "vendor" / "VENDOR.md"
LINE = re.compile(r"^\| `(?P<path>[^`]+)` \| `[^`]+` \| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Package:
    """Something from npm, and which of its files go where under static/."""

    name: str
    licence: str
    used_for: str
    files: dict[str, str]
    contains: str = ""  # what the package's own build has woven in

    @property
    def version(self) -> str:
        package = json.loads((MODULES / self.name / "package.json").read_text())
        return str(package["version"])


PACKAGES = [
    Package(
        "@digdir/designsystemet-css",
        "MIT",
        "the look of every page: components and theme",
        {
            "dist/src/index.css": "vendor/ds/designsystemet.css",
            "dist/theme/designsystemet.css": "vendor/ds/theme.css",
            "LICENSE": "vendor/ds/LICENSE-css",
        },
    ),
    Package(
        "@digdir/designsystemet-web",
        "MIT",
        "behaviour of the few components that need a script",
        {"dist/umd/index.js": "vendor/ds/designsystemet-web.js", "LICENSE": "vendor/ds/LICENSE-web"},
        contains="parts of @floating-ui/dom, @u-elements and invokers-polyfill (MIT), and @oddbird/popover-polyfill (BSD-3-Clause)",
    ),
    Package(
        "@fontsource-variable/inter",
        "OFL-1.1",
        "the typeface on screen",
        {
            "files/inter-latin-wght-normal.woff2": "fonts/inter-latin-wght-normal.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "fonts/inter-latin-ext-wght-normal.woff2",
            "LICENSE": "fonts/LICENSE",
        },
    ),
    Package(
        "@expo-google-fonts/inter",
        "OFL-1.1 (the fonts), MIT (the package)",
        "the typeface on paper",
        {
            "400Regular/Inter_400Regular.ttf": "fonts/print/Inter_400Regular.ttf",
            "400Regular_Italic/Inter_400Regular_Italic.ttf": "fonts/print/Inter_400Regular_Italic.ttf",
            "700Bold/Inter_700Bold.ttf": "fonts/print/Inter_700Bold.ttf",
            "700Bold_Italic/Inter_700Bold_Italic.ttf": "fonts/print/Inter_700Bold_Italic.ttf",
            "LICENSE_FONT": "fonts/print/LICENSE",
        },
    ),
    Package(
        "pdfjs-dist",
        "Apache-2.0; the decoders BSD-2-Clause and BSD-3-Clause, the fonts BSD-3-Clause",
        "reading PDFs on a wide screen",
        {
            "build/pdf.min.mjs": "vendor/pdfjs/pdf.min.mjs",
            "build/pdf.worker.min.mjs": "vendor/pdfjs/pdf.worker.min.mjs",
            "web/pdf_viewer.mjs": "vendor/pdfjs/pdf_viewer.mjs",
            "LICENSE": "vendor/pdfjs/LICENSE",
            "wasm/jbig2_nowasm_fallback.js": "vendor/pdfjs/parts/jbig2_nowasm_fallback.js",
            "wasm/LICENSE_JBIG2": "vendor/pdfjs/parts/LICENSE_JBIG2",
            "wasm/LICENSE_PDFJS_JBIG2": "vendor/pdfjs/parts/LICENSE_PDFJS_JBIG2",
            "wasm/openjpeg_nowasm_fallback.js": "vendor/pdfjs/parts/openjpeg_nowasm_fallback.js",
            "wasm/LICENSE_OPENJPEG": "vendor/pdfjs/parts/LICENSE_OPENJPEG",
            "wasm/LICENSE_PDFJS_OPENJPEG": "vendor/pdfjs/parts/LICENSE_PDFJS_OPENJPEG",
            "standard_fonts/FoxitSymbol.pfb": "vendor/pdfjs/parts/FoxitSymbol.pfb",
            "standard_fonts/FoxitDingbats.pfb": "vendor/pdfjs/parts/FoxitDingbats.pfb",
            "standard_fonts/LICENSE_FOXIT": "vendor/pdfjs/parts/LICENSE_FOXIT",
            **{
                f"web/images/annotation-{name}.svg": f"vendor/pdfjs/parts/annotation-{name}.svg"
                for name in [
                    "check",
                    "comment",
                    "help",
                    "insert",
                    "key",
                    "newparagraph",
                    "noicon",
                    "note",
                    "paperclip",
                    "paragraph",
                    "pushpin",
                ]
            },
        },
        contains=(
            "decoders of scanned pages (PDFium's JBIG2 and CCITT, OpenJPEG). Left out: its style sheet (ours is "
            "css/reader.css), WebAssembly (the security policy forbids it), colour profiles for print, the tables of Chinese, "
            "Japanese and Korean encodings, and the typefaces that every system has"
        ),
    ),
]

HEAD = """# What others made

Copied from npm packages by `scripts/vendor.py`, so that neither running nor testing the program needs Node, and no page asks
another host for anything. The only change: the line that names a source map is cut from scripts, since the map is not copied.

To renew: set the new version in `package.json`, then
`npm install --omit-lockfile-registry-resolved=true && python scripts/vendor.py`, look at the pages, and commit all of it together.
`python scripts/vendor.py --check` compares the files with the checksums below.
htmx and the editor of formatted text are not here: they come with the Python packages django-htmx and django-prose-editor.
"""


def content_of(source: Path) -> bytes:
    content = source.read_bytes()
    if source.suffix in {".js", ".mjs"}:
        content = re.sub(rb"\n//# sourceMappingURL=\S+\s*\Z", b"\n", content)
    return content


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def renew() -> None:
    """Copy every file and write the list of them."""
    text = [HEAD]
    for package in PACKAGES:
        text.append(
            f"\n## {package.name} {package.version}\n\nLicence: {package.licence}. Used for {package.used_for}.\n\n"
        )
        if package.contains:
            text.append(f"Contains {package.contains}.\n\n")
        text.append("| File under `static/` | File in the package | SHA-256 |\n| --- | --- | --- |\n")
        for source, target in package.files.items():
            content = content_of(MODULES / package.name / source)
            path = STATIC / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            text.append(f"| `{target}` | `{source}` | `{sha256(content)}` |\n")
    LIST.write_text("".join(text))
    print(f"Wrote {LIST.relative_to(ROOT)} and the files it lists.")


def check() -> list[str]:
    """What is wrong with the committed copies, as sentences."""
    listed = {found["path"]: found["sha256"] for found in LINE.finditer(LIST.read_text())}
    expected = {target for package in PACKAGES for target in package.files.values()}
    problems = [f"{target} is not in VENDOR.md." for target in sorted(expected - listed.keys())]
    for target, checksum in listed.items():
        path = STATIC / target
        if not path.is_file():
            problems.append(f"{target} is missing.")
        elif sha256(path.read_bytes()) != checksum:
            problems.append(f"{target} is not the file that was copied.")
    vendored = {
        path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").rglob("*") if path.is_file()
    }
    unknown = vendored - listed.keys() - {LIST.relative_to(STATIC).as_posix()}
    return problems + [f"{target} is nobody's: not in VENDOR.md." for target in sorted(unknown)]


def main() -> int:
    if "--check" not in sys.argv[1:]:
        renew()
        return 0
    problems = check()
    print("\n".join(problems) or "Every vendored file is as it was copied.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
