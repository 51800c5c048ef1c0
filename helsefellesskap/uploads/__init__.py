"""Uploads: what is let in, what the editor is told about it, and under which name it is kept."""

from helsefellesskap.uploads.handler import LimitHandler, check_request
from helsefellesskap.uploads.inspection import FileRefused, Finding, Inspection, inspect
from helsefellesskap.uploads.names import clean_name, random_name
from helsefellesskap.uploads.temporary import clean_temporary

__all__ = [
    "FileRefused",
    "Finding",
    "Inspection",
    "LimitHandler",
    "check_request",
    "clean_name",
    "clean_temporary",
    "inspect",
    "random_name",
]
