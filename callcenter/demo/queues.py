"""The queues of the demo company, the pools of agents that serve them, the skills."""

from dataclasses import dataclass

from callcenter.demo.company import (
    Channel,
    Queue,
    ServiceTarget,
    Skill,
    Text,
    Workload,
)

VOICE_WEEK = (1.12, 1.04, 1.0, 0.98, 1.0, 0.78, 0.68)
OFFICE_WEEK = (1.18, 1.06, 1.0, 0.97, 0.96, 0.46, 0.32)
SHOP_WEEK = (1.0, 0.98, 0.97, 0.98, 1.0, 1.06, 1.05)
TRAVEL_WEEK = (1.12, 1.02, 0.97, 0.99, 1.08, 0.84, 0.9)


@dataclass(frozen=True, slots=True)
class Pool:
    """Agents of one project at one site who share queues.

    `occupancy` is the share of their time at work, pauses apart, that the volume is
    sized to fill.
    """

    code: str
    project: str
    site: str
    post: str
    agents: int
    teams: int
    night_teams: int
    occupancy: float


POOLS = (
    Pool("TEL", "TEL", "HF", "AGT", 84, 6, 1, 0.69),
    Pool("BANK-HF", "BANK", "HF", "AGT", 56, 4, 0, 0.765),
    Pool("INTL", "INTL", "LX", "AGT", 42, 3, 0, 0.715),
    Pool("SHOP", "SHOP", "CD", "AGT", 140, 10, 0, 0.72),
    Pool("SALES", "SALES", "CD", "TSR", 21, 2, 0, 0.85),
    Pool("INS-TEL", "INS", "CD", "AGT", 56, 4, 0, 0.765),
    Pool("INS-BO", "INS", "CD", "CSE", 119, 8, 0, 0.84),
    Pool("AIR", "AIR", "LX", "AGT", 82, 6, 0, 0.72),
)
POOL_BY_CODE = {pool.code: pool for pool in POOLS}

EIGHTY_TWENTY = ServiceTarget(0.80, 20, 0.05, 0.85, "after_threshold")
PREMIUM = ServiceTarget(0.85, 15, 0.03, 0.80, "all")
EIGHTY_THIRTY = ServiceTarget(0.80, 30, 0.05, 0.85, "after_threshold")
CHAT_TARGET = ServiceTarget(0.80, 45, 0.08, 0.88, "after_threshold")
AIR_TARGET = ServiceTarget(0.75, 40, 0.07, 0.87, "all")
CASE_TARGET = ServiceTarget(0.90, 14_400, 0.0, 0.92, "none")
DIAL_TARGET = ServiceTarget(1.0, 0, 0.0, 0.92, "none")


def _load(
    per_day: float,
    talk_s: float,
    hold: tuple[float, float],
    wrap_s: float,
    patience_s: float,
    transfer_share: float,
    resolved_share: float,
    *,
    weekday: tuple[float, ...] = VOICE_WEEK,
    holiday: float = 0.75,
    growth: float = 0.08,
    season: tuple[float, int] = (0.04, 11),
    billing_days: tuple[int, ...] = (),
    peaks: tuple[float, float] = (10.2, 15.2),
) -> Workload:
    return Workload(
        per_day=per_day,
        talk_s=talk_s,
        hold_share=hold[0],
        hold_s=hold[1],
        wrap_s=wrap_s,
        patience_s=patience_s,
        transfer_share=transfer_share,
        resolved_share=resolved_share,
        weekday=weekday,
        holiday=holiday,
        yearly_growth=growth,
        season=season[0],
        season_peak=season[1],
        billing_days=billing_days,
        morning_peak_h=peaks[0],
        evening_peak_h=peaks[1],
    )


def _queue(
    code: str,
    pool: str,
    name: Text,
    hours: tuple[int, int],
    target: ServiceTarget,
    workload: Workload,
    *,
    channel: Channel = Channel.VOICE,
    language: str = "zh",
) -> Queue:
    site = POOL_BY_CODE[pool].site
    return Queue(
        code=code,
        project=POOL_BY_CODE[pool].project,
        pool=pool,
        site=site,
        zone="Europe/Lisbon" if site == "LX" else "Asia/Shanghai",
        name=name,
        channel=channel,
        language=language,
        skill=code,
        opens_h=hours[0],
        closes_h=hours[1],
        target=target,
        workload=workload,
    )


QUEUES = (
    _queue(
        "TEL-BILL", "TEL", Text("Bills and packages", "账单与套餐"), (0, 24),
        EIGHTY_TWENTY,
        _load(100, 215, (0.16, 60), 45, 170, 0.05, 0.86, billing_days=(1, 2, 3, 16),
              season=(0.03, 1)),
    ),
    _queue(
        "TEL-TECH", "TEL", Text("Network faults", "网络故障"), (0, 24), EIGHTY_THIRTY,
        _load(62, 285, (0.26, 75), 50, 210, 0.07, 0.81, holiday=0.95,
              weekday=(1.08, 1.0, 0.98, 0.97, 1.0, 0.94, 0.92), season=(0.07, 7),
              peaks=(10.5, 19.5)),
    ),
    _queue(
        "TEL-KEEP", "TEL", Text("Retention", "客户挽留"), (8, 22), PREMIUM,
        _load(20, 280, (0.2, 65), 55, 150, 0.04, 0.84),
    ),
    _queue(
        "BANK-ZH", "BANK-HF", Text("Card service, Chinese", "卡片服务（中文）"),
        (8, 22), EIGHTY_TWENTY,
        _load(100, 205, (0.18, 55), 45, 160, 0.05, 0.87, growth=0.12,
              billing_days=(5, 6, 18, 25)),
    ),
    _queue(
        "BANK-LOST", "BANK-HF", Text("Lost and stolen cards", "挂失"), (8, 22),
        PREMIUM,
        _load(22, 165, (0.1, 45), 60, 240, 0.03, 0.93, holiday=1.1,
              weekday=(1.0, 0.98, 0.97, 0.98, 1.02, 1.05, 1.0)),
    ),
    _queue(
        "BANK-EN", "INTL", Text("Card service, English", "卡片服务（英文）"),
        (8, 20), EIGHTY_THIRTY,
        _load(80, 235, (0.2, 60), 50, 180, 0.06, 0.85, growth=0.14,
              weekday=OFFICE_WEEK, holiday=0.6, peaks=(10.8, 15.4)),
        language="en",
    ),
    _queue(
        "BANK-DISP", "INTL", Text("Charge disputes", "交易争议"), (9, 18),
        EIGHTY_THIRTY,
        _load(20, 265, (0.3, 75), 75, 220, 0.07, 0.78, weekday=OFFICE_WEEK,
              holiday=0.5),
        language="en",
    ),
    _queue(
        "SHOP-PRE", "SHOP", Text("Before the sale", "售前咨询"), (8, 24), CHAT_TARGET,
        _load(62, 420, (0.06, 80), 35, 150, 0.05, 0.88, weekday=SHOP_WEEK,
              holiday=1.05, growth=0.15, season=(0.05, 11), peaks=(11.0, 20.6)),
        channel=Channel.CHAT,
    ),
    _queue(
        "SHOP-POST", "SHOP", Text("After the sale", "售后服务"), (8, 24), CHAT_TARGET,
        _load(70, 550, (0.1, 90), 55, 260, 0.08, 0.8, weekday=SHOP_WEEK,
              holiday=0.95, growth=0.15, season=(0.05, 11), peaks=(10.6, 20.0)),
        channel=Channel.CHAT,
    ),
    _queue(
        "SHOP-MER", "SHOP", Text("Merchants", "商家支持"), (9, 21), CHAT_TARGET,
        _load(22, 620, (0.12, 110), 60, 300, 0.06, 0.79, holiday=0.6),
        channel=Channel.CHAT,
    ),
    _queue(
        "SALES-UP", "SALES", Text("Faster lines", "宽带提速外呼"), (9, 20),
        DIAL_TARGET,
        _load(60, 160, (0.04, 40), 45, 0, 0.0, 1.0, holiday=0.0),
        channel=Channel.OUTBOUND,
    ),
    _queue(
        "SALES-REN", "SALES", Text("Renewals", "续约外呼"), (9, 20), DIAL_TARGET,
        _load(40, 170, (0.05, 40), 45, 0, 0.0, 1.0, holiday=0.0),
        channel=Channel.OUTBOUND,
    ),
    _queue(
        "INS-FNOL", "INS-TEL", Text("Claim reports", "理赔报案"), (7, 22),
        EIGHTY_TWENTY,
        _load(50, 245, (0.15, 60), 90, 260, 0.05, 0.86, holiday=1.1,
              weekday=(1.06, 1.0, 0.98, 0.98, 1.02, 0.96, 0.92), season=(0.06, 7)),
    ),
    _queue(
        "INS-POL", "INS-TEL", Text("Policy questions", "保单咨询"), (8, 20),
        EIGHTY_THIRTY,
        _load(46, 230, (0.18, 65), 55, 180, 0.06, 0.85, weekday=OFFICE_WEEK,
              holiday=0.4, season=(0.05, 12)),
    ),
    _queue(
        "INS-CASE", "INS-BO", Text("Claim files", "理赔案件"), (8, 18), CASE_TARGET,
        _load(60, 900, (0.0, 1), 150, 0, 0.0, 0.94, weekday=OFFICE_WEEK,
              holiday=0.3, season=(0.05, 8), peaks=(9.6, 14.2)),
        channel=Channel.CASE,
    ),
    _queue(
        "AIR-EN", "AIR", Text("Bookings, English", "订票与改签（英语）"), (7, 23),
        AIR_TARGET,
        _load(70, 255, (0.3, 70), 55, 300, 0.06, 0.83, weekday=TRAVEL_WEEK,
              holiday=0.9, season=(0.07, 7), growth=0.1, peaks=(10.4, 17.0)),
        language="en",
    ),
    _queue(
        "AIR-PT", "AIR", Text("Bookings, Portuguese", "订票与改签（葡语）"), (7, 23),
        AIR_TARGET,
        _load(44, 240, (0.28, 70), 50, 300, 0.05, 0.84, weekday=TRAVEL_WEEK,
              holiday=0.9, season=(0.07, 7), growth=0.1, peaks=(10.4, 17.0)),
        language="pt",
    ),
    _queue(
        "AIR-BAG", "AIR", Text("Baggage", "行李服务"), (7, 23), AIR_TARGET,
        _load(24, 270, (0.34, 80), 65, 360, 0.07, 0.76, weekday=TRAVEL_WEEK,
              holiday=1.05, season=(0.09, 8), peaks=(11.5, 19.0)),
        language="en",
    ),
)  # fmt: skip

SKILLS = tuple(
    Skill(queue.skill, queue.name, queue.project, queue.language) for queue in QUEUES
)

# Which share of a pool's agents learns a queue, and how many days after class.
LEARNT: dict[str, tuple[float, int]] = {
    "TEL-BILL": (1.0, 0),
    "TEL-TECH": (0.92, 20),
    "TEL-KEEP": (0.58, 150),
    "BANK-ZH": (1.0, 0),
    "BANK-LOST": (0.75, 45),
    "BANK-EN": (1.0, 0),
    "BANK-DISP": (0.6, 90),
    "SHOP-PRE": (1.0, 0),
    "SHOP-POST": (0.85, 30),
    "SHOP-MER": (0.52, 100),
    "SALES-UP": (1.0, 0),
    "SALES-REN": (1.0, 0),
    "INS-FNOL": (1.0, 0),
    "INS-POL": (0.85, 30),
    "INS-CASE": (1.0, 0),
    "AIR-EN": (1.0, 0),
    "AIR-PT": (0.72, 0),
    "AIR-BAG": (0.6, 60),
}


def pool_queues(code: str) -> tuple[int, ...]:
    """Positions in `QUEUES` of the queues that a pool serves."""
    return tuple(i for i, queue in enumerate(QUEUES) if queue.pool == code)
