from datetime import datetime, timedelta

from triage_app.gui.desk import read_clock
from triage_app.gui.local_time import desk_zone, zone_named


def test_a_zone_with_a_name_knows_when_clocks_change() -> None:
    zone = zone_named("Europe/Berlin")
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)
    assert datetime(2026, 12, 1, tzinfo=zone).utcoffset() == timedelta(hours=1)


def test_a_name_that_nobody_knows_still_gives_the_offset_of_today() -> None:
    now = read_clock()
    for name in ("Nowhere/At/All", "", "../up"):
        assert now.astimezone(zone_named(name)).utcoffset() == now.astimezone().utcoffset()


def test_the_desk_has_the_zone_of_the_machine() -> None:
    now = read_clock()
    assert now.astimezone(desk_zone()).utcoffset() == now.astimezone().utcoffset()
