"""What happens to the company: campaigns, a storm, sales days, an outage, a launch."""

from datetime import date, timedelta

from callcenter.demo.calendar import months_before
from callcenter.demo.company import Campaign, EventKind, SpecialEvent, Text

MONTHS = 14
STORM_DAYS_AGO = 40
FAILURE_DAYS_AGO = 33
FAILURE_DAYS = 21
AHEAD = timedelta(days=120)
AIR = ("AIR-EN", "AIR-PT", "AIR-BAG")
SHOP = ("SHOP-PRE", "SHOP-POST")
_CAMPAIGN_DAYS = 49
_SALES = (
    ("SALES-UP", "UP", Text("Faster lines", "宽带提速"), 0.36, 0.082),
    ("SALES-REN", "REN", Text("Renewals", "续约"), 0.47, 0.165),
)


def first_day(today: date) -> date:
    """The first day of the history: whole months, at least 14 of them."""
    return months_before(today, MONTHS)


def events(today: date) -> tuple[SpecialEvent, ...]:
    """All special days of the history and of the next months, earliest first."""
    found = [_storm(today), _outage(today), _launch(today), _failure(today)]
    for year in range(first_day(today).year, (today + AHEAD).year + 1):
        found += _shopping(year)
    inside = [
        event
        for event in found
        if event.ends_on >= first_day(today) and event.starts_on <= today + AHEAD
    ]
    return tuple(sorted(inside, key=lambda event: (event.starts_on, event.code)))


def _storm(today: date) -> SpecialEvent:
    return SpecialEvent(
        code="STORM",
        kind=EventKind.STORM,
        name=Text("Atlantic storm", "大西洋风暴"),
        note=Text(
            "Flights cancelled, Lisbon's public transport stopped: twice the calls, "
            "a third of the people missing.",
            "航班取消、里斯本公共交通停运：来电翻倍，三分之一人员缺勤。",
        ),
        starts_on=today - timedelta(days=STORM_DAYS_AGO),
        ends_on=today - timedelta(days=STORM_DAYS_AGO - 2),
        site="LX",
        queues=AIR,
        volume=2.2,
        absence=0.34,
    )


def _outage(today: date) -> SpecialEvent:
    day = today - timedelta(days=103)
    return SpecialEvent(
        code="OUTAGE",
        kind=EventKind.OUTAGE,
        name=Text("Regional network outage", "区域网络故障"),
        note=Text("A cut fibre in the client's network.", "客户网络光缆中断。"),
        starts_on=day,
        ends_on=day,
        site=None,
        queues=("TEL-TECH",),
        volume=2.1,
        absence=0.0,
    )


def _launch(today: date) -> SpecialEvent:
    return SpecialEvent(
        code="LAUNCH",
        kind=EventKind.LAUNCH,
        name=Text("New card app", "新版卡片应用上线"),
        note=Text("Customers ask how to sign in.", "客户咨询登录方式。"),
        starts_on=today - timedelta(days=212),
        ends_on=today - timedelta(days=206),
        site=None,
        queues=("BANK-ZH",),
        volume=1.28,
        absence=0.0,
    )


def _failure(today: date) -> SpecialEvent:
    start = today - timedelta(days=FAILURE_DAYS_AGO)
    return SpecialEvent(
        code="FAILED",
        kind=EventKind.FAILED_CAMPAIGN,
        name=Text("Bought list of stale numbers", "外购名单号码失效"),
        note=Text(
            "Reach and conversion collapse; dialling is stopped and set right.",
            "接通率与转化率骤降，停呼整改。",
        ),
        starts_on=start,
        ends_on=start + timedelta(days=FAILURE_DAYS - 1),
        site=None,
        queues=("SALES-UP",),
        volume=1.0,
        absence=0.0,
    )


def _shopping(year: int) -> list[SpecialEvent]:
    days = (
        ("MID-YEAR", Text("Mid-year sale", "年中大促"), (6, 16), (6, 19), 1.38),
        ("D11-PRE", Text("Double 11 pre-sale", "双十一预售"), (11, 1), (11, 3), 1.3),
        ("D11", Text("Double 11", "双十一"), (11, 10), (11, 13), 1.5),
        ("D12", Text("Double 12", "双十二"), (12, 11), (12, 13), 1.25),
    )
    return [
        SpecialEvent(
            code=f"{code}-{year}",
            kind=EventKind.SHOPPING,
            name=name,
            note=Text("Overtime agreed with the client.", "已与客户约定加班支援。"),
            starts_on=date(year, *first),
            ends_on=date(year, *last),
            site=None,
            queues=SHOP,
            volume=volume,
            absence=0.0,
        )
        for code, name, first, last, volume in days
    ]


def campaigns(today: date) -> tuple[Campaign, ...]:
    """Outbound lists back to back; the stale one is stopped, then comes a good one."""
    found: list[Campaign] = []
    failed_from = today - timedelta(days=FAILURE_DAYS_AGO)
    failed_to = failed_from + timedelta(days=FAILURE_DAYS - 1)
    for queue, short, name, reach, conversion in _SALES:
        start = first_day(today)
        while start < today:
            end = start + timedelta(days=_CAMPAIGN_DAYS - 1)
            goes_stale = queue == "SALES-UP" and start <= failed_from <= end
            if goes_stale:
                end = failed_from - timedelta(days=1)
            if end > start:
                found.append(
                    _campaign(queue, short, name, start, end, reach, conversion)
                )
            start = end + timedelta(days=1)
            if goes_stale:
                found.append(
                    _stale(
                        queue, short, name, failed_from, failed_to, reach, conversion
                    )
                )
                start = failed_to + timedelta(days=4)
    return tuple(found)


def _campaign(
    queue: str,
    short: str,
    name: Text,
    start: date,
    end: date,
    reach: float,
    conversion: float,
) -> Campaign:
    # Lists differ a little in how good they are, without any randomness.
    wobble = 1 + 0.07 * ((start.toordinal() // 7) % 5 - 2) / 2
    return Campaign(
        code=f"{short}-{start:%y%m%d}",
        name=Text(
            f"{name.en} {start:%b %Y}", f"{name.zh} {start.year}年{start.month}月"
        ),
        queue=queue,
        starts_on=start,
        ends_on=end,
        planned_attempts=((end - start).days + 1) * 620,
        planned_reach=reach,
        planned_conversion=conversion,
        true_reach=reach * wobble,
        true_conversion=conversion * (2 - wobble),
    )


def _stale(
    queue: str,
    short: str,
    name: Text,
    start: date,
    end: date,
    reach: float,
    conversion: float,
) -> Campaign:
    return Campaign(
        code=f"{short}-{start:%y%m%d}-L",
        name=Text(f"{name.en}, bought list", f"{name.zh}（外购名单）"),
        queue=queue,
        starts_on=start,
        ends_on=end,
        planned_attempts=((end - start).days + 1) * 700,
        planned_reach=reach,
        planned_conversion=conversion,
        true_reach=reach * 0.29,
        true_conversion=conversion * 0.12,
    )
