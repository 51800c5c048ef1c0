"""What a test reads on a page: its text, its rows, its field errors."""

import csv
import io
import re
from html import unescape

import tablib
from django.http import HttpResponse


def body(response: HttpResponse) -> str:
    return b"".join(response).decode() if response.streaming else response.content.decode()


def text(html: str | HttpResponse) -> str:
    """What a reader sees, in one line."""
    html = html if isinstance(html, str) else body(html)
    html = re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def main(response: HttpResponse) -> str:
    """The text between the menu and the footer."""
    return text(re.search(r"<main.*</main>", body(response), re.DOTALL)[0])


def titles(response: HttpResponse) -> list[str]:
    """The initiatives of the list, in order."""
    found = re.findall(r'<tr id="tiltak-\d+">.*?<th scope="row"><a[^>]*>(.*?)</a>', body(response), re.DOTALL)
    return [unescape(title) for title in found]


def errors(response: HttpResponse) -> list[str]:
    """The sentences at the fields."""
    return [
        unescape(line) for line in re.findall(r'<p class="ds-validation-message">(.*?)</p>', body(response))
    ]


def sheet(response: HttpResponse) -> list[list[str]]:
    """The cells of a CSV or XLSX answer, header first."""
    content = b"".join(response) if response.streaming else response.content
    if "csv" in response["Content-Type"]:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    dataset = tablib.Dataset().load(content, format="xlsx")
    return [[str(cell or "") for cell in row] for row in (dataset.headers, *dataset)]
