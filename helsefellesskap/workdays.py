"""Working days in Norway: all but Saturdays, Sundays and public holidays.

Christmas Eve and New Year's Eve are no public holidays (lov om høytidsfred, § 2), so they count.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_working_days(day: date, number: int) -> date:
    """The working day so many working days after the day, or before it when the number is negative.

    The day itself is not counted. Zero gives the day, or the next working day when it is none.
    """
    step = timedelta(days=1 if number >= 0 else -1)
    left = abs(number)
    while left or not is_working_day(day):
        day += step
        if left and is_working_day(day):
            left -= 1
    return day
