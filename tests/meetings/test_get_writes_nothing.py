"""GET never writes: every row of every table is the same after all pages were asked for, but for one line.

The line is that somebody opened what is exempt.
"""

import pytest

from accounts.models import LogEntry
from tests.meetings.test_access import FILES, GET, PDFS, PRINTS, people, world  # noqa: F401
from tests.portfolio.test_get_writes_nothing import rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["public", "called_deputy", "editor"])
def test_get_writes_nothing(who, world, people, client_of):  # noqa: F811
    client = client_of(getattr(people, who))
    files = [f"/vedlegg/{world.versions[name].public_id}/x.pdf" for name in FILES]
    before = rows()

    for address in [*GET, *PDFS, *PRINTS, *files]:
        client.get(address.format(**world.names))
    for address in ["/", "/moter/", "/saker/", "{meeting_url}", "{case_url}", *PDFS]:
        client.head(address.format(**world.names))

    after = rows()
    log = LogEntry._meta.label
    assert {entry["verb"] for entry in after.pop(log) if entry not in before[log]} <= {
        "åpnet unntatt dokument"
    }
    assert after == {name: was for name, was in before.items() if name != log}
