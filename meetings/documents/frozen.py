"""What was frozen for the public, asked whether it still may be read: something may have been exempted since."""

from collections.abc import Iterable, Mapping
from typing import Any

from meetings.models import Case, Document


def says_as_now(row: Mapping[str, Any], thing: Case | Document) -> bool:
    """Whether a frozen line shows something that is exempt now as exempt, under the public title it has now."""
    return bool(row["basis"]) and row["public_title"] == thing.open_title


def cases_stand(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether no case on these frozen lines was exempted, or renamed for the public, since."""
    lines = {row["key"]: row for row in rows}
    exempt = Case.objects.filter(public_id__in=lines).exclude(exemption=None)
    return all(says_as_now(lines[str(case.public_id)], case) for case in exempt)
