"""Gains: recorded once, changed and taken away with their trail."""

import pytest

from funding import actions
from funding.models import Gain
from portfolio.actions.versions import FactsChanged, newest_version
from tests.factories import create_initiative, create_organisation
from tests.funding.test_allocations import LATER, again, last_entry, refused, unchanged, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(db):
    return create_initiative()


def values(**fields):
    return {
        "description": "Færre reiser",
        "payer": None,
        "gainer": create_organisation(),
        "expected": 500_000,
        "realised": None,
        "measured_on": None,
        **fields,
    }


def test_a_gain_is_recorded_once(initiative, editor):
    said = values(payer=create_organisation())

    gain = actions.create_gain(initiative=initiative, values=said, by=editor)

    assert (gain.expected, gain.payer, gain.gainer) == (500_000, said["payer"], said["gainer"])
    assert (verbs(initiative), gain.history.get().history_user) == (["førte gevinst"], editor)
    unchanged(lambda: actions.create_gain(initiative=initiative, values=said, by=editor))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"realised": 5}, "measured_on"),
        ({"measured_on": LATER}, "realised"),
        ({"description": "<b>"}, "description"),
        ({"description": "x" * 301}, "description"),
    ],
)
def test_a_gain_that_is_not_in_order_is_refused(initiative, editor, fields, field):
    said = values(**fields)

    refused(lambda: actions.create_gain(initiative=initiative, values=said, by=editor), field=field)


def test_a_gain_may_be_realised_as_a_loss(initiative, editor):
    gain = actions.create_gain(
        initiative=initiative, values=values(realised=-5, measured_on=LATER), by=editor
    )

    assert again(gain).realised == -5


def test_a_gain_is_changed_with_its_trail_and_not_written_over(initiative, editor, leader):
    said = values()
    gain = actions.create_gain(initiative=initiative, values=said, by=editor)
    seen = newest_version(gain)
    said = {**said, "realised": 300_000, "measured_on": LATER}

    actions.change_gain(gain=gain, values=said, version=seen, by=leader)

    assert last_entry(gain).new == {"realised": 300_000, "measured_on": "2025-04-01"}
    with pytest.raises(FactsChanged):
        actions.change_gain(gain=gain, values={**said, "realised": 1}, version=seen, by=editor)
    assert again(gain).realised == 300_000
    unchanged(lambda: actions.change_gain(gain=gain, values=said, version=newest_version(gain), by=editor))


def test_a_gain_recorded_by_mistake_is_taken_away(initiative, editor):
    gain = actions.create_gain(initiative=initiative, values=values(), by=editor)

    actions.delete_gain(gain=gain, by=editor)

    assert not Gain.objects.exists()
    assert last_entry(initiative).old == {"gevinst": "Færre reiser"}


def test_gains_are_seen_with_their_initiative(cast, editor):
    known, hidden = create_initiative(), create_initiative(visibility="internal")
    for initiative in (known, hidden):
        actions.create_gain(initiative=initiative, values=values(), by=editor)

    for name, user in vars(cast).items():
        seen = Gain.objects.visible_to(user).count()
        assert seen == (2 if name in {"editor", "leader"} else 1)
