"""The fixed part of the demo company: sites, clients, projects, posts, skills.

All names of companies are invented; people's are drawn in `names`.
"""

from datetime import date
from decimal import Decimal

from callcenter.demo.company import (
    BillingBasis,
    Client,
    Post,
    Project,
    Site,
    Text,
)

COMPANY_NAME = Text("Bamboo Harbour Contact Services", "竹港客户联络服务")
MAIL_DOMAIN = "bambooharbour.example"

SITES = (
    Site(
        code="HF",
        name=Text("Hefei Centre", "合肥中心"),
        city=Text("Hefei", "合肥"),
        country="CN",
        zone="Asia/Shanghai",
        currency="CNY",
        opened_on=date(2017, 3, 1),
    ),
    Site(
        code="CD",
        name=Text("Chengdu Centre", "成都中心"),
        city=Text("Chengdu", "成都"),
        country="CN",
        zone="Asia/Shanghai",
        currency="CNY",
        opened_on=date(2019, 9, 2),
    ),
    Site(
        code="LX",
        name=Text("Lisbon Centre", "里斯本中心"),
        city=Text("Lisbon", "里斯本"),
        country="PT",
        zone="Europe/Lisbon",
        currency="EUR",
        opened_on=date(2021, 6, 1),
    ),
)

CLIENTS = (
    Client(
        "BHT",
        Text("Blue Heron Telecom", "蓝鹭通信"),
        Text("Telecommunications", "通信"),
        "CN",
        "CNY",
    ),
    Client(
        "LBB",
        Text("Lantern Bay Bank", "灯湾银行"),
        Text("Banking", "银行"),
        "CN",
        "CNY",
    ),
    Client(
        "MLM",
        Text("Maple Lane Mall", "枫巷商城"),
        Text("E-commerce", "电子商务"),
        "CN",
        "CNY",
    ),
    Client(
        "SFB",
        Text("Sunfield Broadband", "禾光宽带"),
        Text("Telecommunications", "通信"),
        "CN",
        "CNY",
    ),
    Client(
        "QHI",
        Text("Quiet Harbour Insurance", "静港保险"),
        Text("Insurance", "保险"),
        "CN",
        "CNY",
    ),
    Client(
        "HCW",
        Text("Halcyon Wings", "翠鸟航空"),
        Text("Air travel", "航空"),
        "PT",
        "EUR",
    ),
)

PROJECTS = (
    Project(
        code="TEL",
        client="BHT",
        name=Text("Telecom care", "通信客户服务"),
        zone="Asia/Shanghai",
        description=Text(
            "Round-the-clock care for mobile customers: bills, faults, retention.",
            "移动客户全天候服务：账单、故障与挽留。",
        ),
        started_on=date(2018, 5, 14),
        billing=BillingBasis.CONTACT,
        rate=Decimal("7.80"),
        currency="CNY",
        manager=None,
    ),
    Project(
        code="BANK",
        client="LBB",
        name=Text("Bank cards", "银行卡服务"),
        zone="Asia/Shanghai",
        description=Text(
            "Card service in Chinese: questions, lost and stolen cards.",
            "中文卡片服务：咨询与挂失。",
        ),
        started_on=date(2020, 1, 6),
        billing=BillingBasis.SEAT,
        rate=Decimal("13500.00"),
        currency="CNY",
        manager=None,
    ),
    Project(
        code="INTL",
        client="LBB",
        name=Text("Bank cards abroad", "银行卡海外服务"),
        zone="Europe/Lisbon",
        description=Text(
            "Card service and charge disputes in English, from Lisbon.",
            "里斯本提供英文卡片服务与交易争议处理。",
        ),
        started_on=date(2022, 1, 10),
        billing=BillingBasis.HOUR,
        rate=Decimal("21.50"),
        currency="EUR",
        manager=None,
    ),
    Project(
        code="SHOP",
        client="MLM",
        name=Text("Shop chat", "商城在线客服"),
        zone="Asia/Shanghai",
        description=Text(
            "Chat with shoppers and merchants, before and after the sale.",
            "面向买家与商家的售前、售后在线客服。",
        ),
        started_on=date(2019, 10, 8),
        billing=BillingBasis.CONTACT,
        rate=Decimal("9.60"),
        currency="CNY",
        manager=None,
    ),
    Project(
        code="SALES",
        client="SFB",
        name=Text("Broadband telesales", "宽带电话营销"),
        zone="Asia/Shanghai",
        description=Text(
            "Outbound offers of faster lines and renewals, paid by the sale.",
            "外呼推介提速与续约，按成交计费。",
        ),
        started_on=date(2022, 2, 21),
        billing=BillingBasis.SALE,
        rate=Decimal("96.00"),
        currency="CNY",
        manager=None,
    ),
    Project(
        code="INS",
        client="QHI",
        name=Text("Insurance claims", "保险理赔服务"),
        zone="Asia/Shanghai",
        description=Text(
            "Claim reports and policy questions by phone, claim files in back office.",
            "电话报案与保单咨询，后台处理理赔案件。",
        ),
        started_on=date(2021, 4, 12),
        billing=BillingBasis.HOUR,
        rate=Decimal("88.00"),
        currency="CNY",
        manager=None,
    ),
    Project(
        code="AIR",
        client="HCW",
        name=Text("Airline help", "航空旅客服务"),
        zone="Europe/Lisbon",
        description=Text(
            "Bookings, changes and baggage in English and Portuguese.",
            "英语、葡萄牙语的订票、改签与行李服务。",
        ),
        started_on=date(2021, 9, 6),
        billing=BillingBasis.CONTACT,
        rate=Decimal("4.90"),
        currency="EUR",
        manager=None,
    ),
)

OPERATIONS = Text("Operations", "运营部")
PLANNING = Text("Workforce planning", "排班规划部")
PEOPLE = Text("Human resources", "人力资源部")
TRAINING = Text("Training", "培训部")
QUALITY = Text("Quality", "质量管理部")
FINANCE = Text("Finance", "财务部")
TECHNOLOGY = Text("Technology", "技术部")
GENERAL = Text("General management", "总经办")

# (code, title, department, what for, duties, reports to, places, is_agent)
_POSTS: tuple[tuple[str, str, str, Text, str, str, str, str | None, int], ...] = (
    ("GM", "General manager", "总经理", GENERAL,
     "Answers for the company's results and its clients.|对公司业绩与客户负责。",
     "Approve budgets and prices|审批预算与价格",
     "Approve hires of managers|审批管理岗录用", None, 1),
    ("OM", "Operations manager", "运营经理", OPERATIONS,
     "Runs projects so that service, quality and margin meet their targets.|"
     "管理项目，使服务、质量与毛利达标。",
     "Review each project weekly|每周复盘各项目",
     "Approve schedules and leave plans|审批班表与休假计划", "GM", 6),
    ("SUP", "Floor supervisor", "现场主管", OPERATIONS,
     "Leads one team on the floor, in service and in people.|"
     "带领一个团队，负责现场与人员。",
     "Hold morning and evening meetings|召开早夕会",
     "Coach agents every week|每周辅导坐席", "OM", 44),
    ("AGT", "Customer service agent", "客服坐席", OPERATIONS,
     "Serves customers by phone or chat at the promised quality.|"
     "按约定质量通过电话或在线服务客户。",
     "Resolve the customer's matter in one contact|一次解决客户问题",
     "Keep to the schedule|按班表上岗", "SUP", 480),
    ("TSR", "Telesales agent", "电话营销坐席", OPERATIONS,
     "Offers products by phone and closes honest sales.|通过电话推介产品并诚信成交。",
     "Work the assigned list|拨打分配名单", "Record every outcome|登记每次外呼结果",
     "SUP", 24),
    ("CSE", "Claims case worker", "理赔处理专员", OPERATIONS,
     "Works claim files in the back office.|后台处理理赔案件。",
     "Decide files within the promised time|在承诺时限内处理案件",
     "Ask for missing papers|催补缺失材料", "SUP", 126),
    ("WFM", "Workforce planner", "排班规划师", PLANNING,
     "Forecasts, staffs and schedules every queue.|负责各队列的预测、人力测算与排班。",
     "Publish schedules two weeks ahead|提前两周发布班表",
     "Steer the day|当日调度", "OM", 6),
    ("HR", "Recruiter", "招聘专员", PEOPLE,
     "Finds and keeps the people that projects need.|招募并留住项目所需人员。",
     "Run campus talks|组织校园宣讲", "Lead first interviews|主持初试", "GM", 6),
    ("TRN", "Trainer", "培训师", TRAINING,
     "Prepares people for the job and keeps them fit for it.|岗前与在岗培训。",
     "Teach pre-job classes|讲授岗前培训", "Measure training effect|评估培训效果",
     "OM", 8),
    ("QA", "Quality inspector", "质检员", QUALITY,
     "Scores contacts and shows what to do better.|评分录音并提出改进。",
     "Score the weekly sample|完成每周抽检", "Take part in calibration|参加校准会",
     "OM", 10),
    ("FIN", "Financial controller", "财务专员", FINANCE,
     "Works out costs, settlements and commission.|核算成本、结算与提成。",
     "Settle with clients monthly|按月与客户结算",
     "Check commission schemes|审核提成方案", "GM", 4),
    ("IT", "Systems engineer", "系统工程师", TECHNOLOGY,
     "Keeps telephony and desktops running.|保障电话系统与桌面运行。",
     "Answer fault reports|处理故障报告", "Keep recordings|归档录音", "GM", 4),
    ("LIA", "Client liaison", "客户经理", OPERATIONS,
     "Speaks for clients inside the house.|在内部代表客户。",
     "Confirm settlements|确认结算", "Report service monthly|每月汇报服务",
     "GM", 2),
)  # fmt: skip

AGENT_POSTS = frozenset({"AGT", "TSR", "CSE"})


def _both(pair: str) -> Text:
    english, chinese = pair.split("|")
    return Text(english, chinese)


POSTS = tuple(
    Post(
        code=code,
        title=Text(english, chinese),
        department=department,
        description=_both(purpose),
        duties=(_both(first), _both(second)),
        reports_to=boss,
        places=places,
        is_agent=code in AGENT_POSTS,
    )
    for (
        code, english, chinese, department, purpose, first, second, boss, places,
    ) in _POSTS
)  # fmt: skip

# How many of the staff posts are filled, by site; the rest stands vacant.
STAFF: tuple[tuple[str, str, int], ...] = (
    ("GM", "HF", 1), ("OM", "HF", 2), ("OM", "CD", 2), ("OM", "LX", 1),
    ("WFM", "HF", 2), ("WFM", "CD", 1), ("WFM", "LX", 1),
    ("HR", "HF", 2), ("HR", "CD", 1), ("HR", "LX", 1),
    ("TRN", "HF", 2), ("TRN", "CD", 2), ("TRN", "LX", 1),
    ("QA", "HF", 3), ("QA", "CD", 2), ("QA", "LX", 1),
    ("FIN", "HF", 2), ("FIN", "LX", 1),
    ("IT", "HF", 1), ("IT", "CD", 1), ("IT", "LX", 1),
)  # fmt: skip

SUPPORT_TEAMS: tuple[tuple[str, str, Text], ...] = (
    ("S-MGT", "HF", Text("Management", "管理团队")),
    ("S-HF", "HF", Text("Hefei support", "合肥支持组")),
    ("S-CD", "CD", Text("Chengdu support", "成都支持组")),
    ("S-LX", "LX", Text("Lisbon support", "里斯本支持组")),
)
