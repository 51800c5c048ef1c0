"""The tag tree of a printed document: what a screen reader hears.

WeasyPrint 70 tags each page on its own. A table over eight pages becomes eight tables with eight header rows, page
numbers are read aloud, and no header has a scope. Validators accept that; listeners do not. So the tree is built here
instead, in one walk over the laid-out pages:

- an HTML element is one structure element, however many pages it covers;
- a table header that is repeated on the next page is an artifact, and so are page margins and decorative images;
- every cell names its headers, found from `scope` over the whole table, the nearest header first;
- lists say how they are numbered, parts say their language, links say their text, `ins` and `del` how they look.

The tree is first made of plain objects and written to the PDF when it is whole, so its cost grows with the document
and not with its square (WeasyPrint asks for the list of all pages at every element).

This leans on WeasyPrint's private names: `weasyprint.pdf.add_tags`, `Stream._tags`, `Page._page_box`,
`Box.link_annotation`. That is why `weasyprint==70.*` is pinned, and why the tests validate real files. The module can
go when https://github.com/Kozea/WeasyPrint/issues/2903 and #1836, #2508, #2550, #2783 are closed.
"""

from helsefellesskap.pdf_tags.claim import claim_pdf_ua
from helsefellesskap.pdf_tags.elements import TagError
from helsefellesskap.pdf_tags.tree import rows_without_header
from helsefellesskap.pdf_tags.writing import own_tags

__all__ = ["TagError", "claim_pdf_ua", "own_tags", "rows_without_header"]
