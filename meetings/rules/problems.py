"""What is not in order before publishing: told all at once, each with the page that mends it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One sentence; a blocking one stops the publishing, another is told and recorded."""

    sentence: str
    url: str = ""
    is_blocking: bool = False
