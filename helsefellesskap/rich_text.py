"""Formatted text: a small part of HTML, cleaned when it arrives and again when it is shown.

Where there is no editor it is typed as plain text in light Markdown, which goes both ways.
"""

from __future__ import annotations

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdownify import markdownify

TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "a", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto"}
DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "iframe", "object", "svg", "math"}
_RENAMED = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "div": "p"}
_EMPTY = re.compile(r"<(p|li|h3|h4|blockquote|ul|ol)>(?:\s|&nbsp;|<br>)*</\1>")
_BLOCK_END = re.compile(r"</(?:p|li|h3|h4|blockquote|tr)>|<br>")


def clean(html: str) -> str:
    """The text with what is allowed in it alone: no script, no style, no picture, no strange link.

    Headings begin at level 3 and bold is strong, whatever they were; empty paragraphs are left out.
    """
    for old, new in _RENAMED.items():
        html = re.sub(rf"<(/?){old}(?=[\s>])", rf"<\1{new}", html, flags=re.IGNORECASE)
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        clean_content_tags=DROPPED_WITH_CONTENT,
        link_rel=None,
        strip_comments=True,
    )
    before = ""
    while before != html:
        before, html = html, _EMPTY.sub("", html)
    html = re.sub(r"<th(?![^>]*\bscope=)(?=[\s>])", '<th scope="col"', html)
    return html.strip()


def to_text(html: str) -> str:
    """What a reader reads, one line for each paragraph: for search, checks and counting."""
    lines = unescape(re.sub(r"<[^>]*>", "", _BLOCK_END.sub("\n", html))).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def at_level(html: str, level: int) -> str:
    """The text with its headings from that level on, so that no level is skipped below a page's own headings."""
    step = level - 3
    if not step:
        return html
    return re.sub(r"<(/?)h([34])>", lambda found: f"<{found[1]}h{int(found[2]) + step}>", html)


_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("table")
    .disable(["code", "fence", "image", "hr"])
)


def from_markdown(text: str) -> str:
    """Plain text as people type it: blank line, «- », «1. », «## », **fet**, *kursiv*, [tekst](https://…)."""
    return clean(_markdown.render(text))


def to_markdown(html: str) -> str:
    """The same text to be edited where there is no editor."""
    if not html:
        return ""
    raised = re.sub(r"<(/?)h([34])>", lambda found: f"<{found[1]}h{int(found[2]) - 1}>", html)
    return markdownify(
        raised, heading_style="ATX", bullets="-", strong_em_symbol="*", newline_style="BACKSLASH"
    ).strip()
