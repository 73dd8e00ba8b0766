"""What a spreadsheet of employees can hold, and how its columns are recognised."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from callcenter.kernel.text import _l
from callcenter.people.services import import_cells as cells


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can hold.

    Its example stands in the template that can be downloaded.
    """

    key: str
    label: object
    read: Callable[[Any], Any]
    example: str = ""
    is_required: bool = False
    is_personal: bool = False
    is_pay: bool = False

    @property
    def spellings(self) -> list[str]:
        """The headings by which it is recognised, folded."""
        return _SPELLINGS[self.key].split()


# Headings in English and Chinese, folded by `import_cells.folded`.
_SPELLINGS = {
    "number": (
        "number employeenumber employeeno employeeid staffno staffid id no 工号 "
        "员工编号 员工号 编号"
    ),
    "name": ("name fullname employeename employee 姓名 名字 员工姓名"),
    "site": ("site sitecode location office branch 职场 站点 工作地点 地点 中心 场地"),
    "team": ("team teamcode group 团队 班组 小组 组别 所属班组"),
    "post": ("post position jobtitle title role 岗位 职位 职务"),
    "hired_on": (
        "hiredon hiredate joinedon joindate joined startdate dateofjoining "
        "入职日期 入职时间 入职"
    ),
    "email": ("email emailaddress mail 邮箱 电子邮箱 邮件 电子邮件"),
    "phone": (
        "phone phonenumber mobile mobilephone telephone tel cell 手机 手机号 "
        "手机号码 电话 联系电话 电话号码"
    ),
    "identity_number": (
        "identitynumber idnumber identitycard idcard nationalid 身份证 身份证号 "
        "身份证号码 证件号 证件号码"
    ),
    "acd_login": (
        "acdlogin telephonesystemsignin agentid agentlogin login extension "
        "坐席工号 话务工号 分机 话务系统登录名 坐席号"
    ),
    "employment_kind": (
        "employment employmentkind employmenttype contracttype 用工类型 用工性质 "
        "用工形式 合同类型 雇佣类型"
    ),
    "contract_number": ("contractnumber contractno contract 合同编号 合同号"),
    "starts_on": (
        "contractstartson contractstart contractstartdate contractfrom "
        "合同开始日期 合同开始 合同起始日期 合同起始日"
    ),
    "ends_on": (
        "contractslastday contractlastday contractendson contractend "
        "contractenddate contractto 合同结束日期 合同到期日 合同结束 合同终止日期 "
        "合同最后一天"
    ),
    "weekly_h": ("weeklyhours weeklyh hoursperweek hours 周工时 每周工时 周工作小时"),
    "pay_basis": ("paybasis payper salarytype 计薪方式 薪资类型 计薪单位"),
    "pay_rate": ("payrate pay salary wage rate 薪资 工资 薪资标准 薪酬 基本工资"),
    "currency": ("currency 币种 货币"),
    "skills": ("skills skill 技能 技能等级"),
    "left_on": (
        "lastdayemployed lastday lefton leftdate leavingdate terminationdate "
        "enddate 离职日期 离职时间 离职 最后在职日"
    ),
    "leaving_reason": ("reasonforleaving leavingreason reason 离职原因"),
}

FIELDS: Sequence[Field] = (
    Field(
        "number",
        _l("Employee number"),
        cells.limited(20),
        "A1001",
        is_required=True,
    ),
    Field(
        "name",
        _l("Full name"),
        cells.limited(80),
        "王小明",
        is_required=True,
    ),
    Field(
        "site",
        _l("Site"),
        cells.limited(80),
        "SHA",
        is_required=True,
    ),
    Field(
        "team",
        _l("Team"),
        cells.limited(80),
        "SHA-01",
    ),
    Field(
        "post",
        _l("Post"),
        cells.limited(80),
        "Agent",
    ),
    Field(
        "hired_on",
        _l("Joined on"),
        cells.read_date,
        "2026-03-01",
        is_required=True,
    ),
    Field(
        "email",
        _l("E-mail"),
        cells.read_email,
        "wang@example.com",
    ),
    Field(
        "phone",
        _l("Phone"),
        cells.limited(40),
        "13800138000",
        is_personal=True,
    ),
    Field(
        "identity_number",
        _l("Identity number"),
        cells.limited(40),
        "11010519491231002X",
        is_personal=True,
    ),
    Field(
        "acd_login",
        _l("Telephone system sign-in"),
        cells.limited(80),
        "8001",
    ),
    Field(
        "employment_kind",
        _l("Employment"),
        cells.read_kind,
        "full_time",
    ),
    Field(
        "contract_number",
        _l("Contract number"),
        cells.limited(40),
        "C-2026-001",
    ),
    Field(
        "starts_on",
        _l("Contract starts on"),
        cells.read_date,
        "2026-03-01",
    ),
    Field(
        "ends_on",
        _l("Contract's last day"),
        cells.read_date,
        "2027-02-28",
    ),
    Field(
        "weekly_h",
        _l("Weekly hours"),
        cells.read_hours,
        "40",
    ),
    Field(
        "pay_basis",
        _l("Pay basis"),
        cells.read_basis,
        "month",
        is_pay=True,
    ),
    Field(
        "pay_rate",
        _l("Pay rate"),
        cells.read_amount,
        "5200",
        is_pay=True,
    ),
    Field(
        "currency",
        _l("Currency"),
        cells.read_currency,
        "CNY",
        is_pay=True,
    ),
    Field(
        "skills",
        _l("Skills"),
        cells.read_skills,
        "billing:3; english:4",
    ),
    Field(
        "left_on",
        _l("Last day employed"),
        cells.read_date,
        "",
    ),
    Field(
        "leaving_reason",
        _l("Reason for leaving"),
        cells.read_reason,
        "",
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
REQUIRED = tuple(field.key for field in FIELDS if field.is_required)
CONTRACT = ("employment_kind", "starts_on", "weekly_h")


def guess_mapping(headers: Sequence[str]) -> dict[str, int]:
    """Which column holds which field, by its heading in English or Chinese."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        wanted = cells.folded(header)
        for field in FIELDS:
            if field.key not in places and wanted in field.spellings:
                places[field.key] = place
                break
    return places
