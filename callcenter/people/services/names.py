"""How names sort and are found, and how phones and identity numbers are written.

Source for the check digit: GB 11643-1999, which uses ISO 7064 MOD 11-2.
"""

import re
import unicodedata
from datetime import date

LONGEST_SORT = 160
_COMPOUND = [
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "夏侯",
    "令狐",
    "宇文",
    "长孙",
    "端木",
    "南宫",
    "独孤",
    "轩辕",
    "百里",
    "闻人",
    "澹台",
    "公冶",
    "宗政",
    "濮阳",
    "淳于",
    "单于",
    "太叔",
    "申屠",
    "仲孙",
    "钟离",
    "万俟",
    "西门",
    "呼延",
    "闾丘",
    "第五",
]
# Family names that are read unlike the same character elsewhere.
_READINGS = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "查": "zha", "朴": "piao",
    "区": "ou", "任": "ren", "华": "hua", "盖": "ge", "翟": "zhai", "冼": "xian",
    "缪": "miao", "宓": "mi", "乐": "yue", "尹": "yin", "覃": "qin", "燕": "yan",
    "尉迟": "yuchi", "万俟": "moqi", "单于": "chanyu", "长孙": "zhangsun",
    "澹台": "tantai", "令狐": "linghu", "呼延": "huyan",
}  # fmt: skip
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def sort_name(name: str) -> str:
    """The name in Latin letters, as it sorts and is searched.

    A Chinese name gives family name, given name, initials and all in one word
    (``wang xiaoming wxm wangxiaoming``), family name first; any other name is
    folded to plain letters and followed by its initials.
    """
    name = " ".join(name.split())
    if not _CHINESE.search(name):
        plain = _plain(name)
        initials = "".join(word[0] for word in re.findall(r"\w+", plain))
        spelled = plain if len(initials) < 2 else f"{plain} {initials}"
        return spelled[:LONGEST_SORT]
    family, given = _parts(name.replace("·", ""))
    of_family, of_given = _syllables(family, is_family=True), _syllables(given)
    initials = _initials(family, of_given)
    words = [
        "".join(of_family),
        "".join(of_given),
        initials,
        "".join(of_family + of_given),
    ]
    return " ".join(word for word in words if word)[:LONGEST_SORT]


def normal_phone(text: str, country: str = "CN") -> str | None:
    """The phone number in E.164 form, or None when it is none.

    Numbers without a country code are taken for mainland mobiles at Chinese sites.
    """
    digits = re.sub(r"[\s\-()./]", "", unicodedata.normalize("NFKC", text))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("86") and _MAINLAND_MOBILE.fullmatch(digits[2:]):
        digits = f"+{digits}"
    if country == "CN" and _MAINLAND_MOBILE.fullmatch(digits):
        digits = f"+86{digits}"
    if digits.startswith("+86") and len(digits) == 14:
        return digits if _MAINLAND_MOBILE.fullmatch(digits[3:]) else None
    return digits if _E164.fullmatch(digits) else None


def normal_identity(text: str) -> str:
    """An identity number as it is stored: no blanks, capital letters."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def is_identity_number(number: str, country: str = "CN") -> bool:
    """Whether a normalised identity number can be one.

    A Chinese one has 18 places, a date of birth and a check digit; of other
    countries only letters, digits and a length from 5 to 20 are asked for.
    """
    if country != "CN":
        return bool(re.fullmatch(r"[0-9A-Z]{5,20}", number))
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year >= 1900 and number[17] == check_digit(number[:17])


def check_digit(first_17: str) -> str:
    """The last place of a Chinese identity number, from the 17 before it."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)
    )
    return _CHECK_DIGITS[total % 11]


def masked(value: str | None) -> str | None:
    """The value with all but its last four places hidden; None stays None."""
    if not value:
        return None
    shown = value[-4:] if len(value) > 6 else ""
    return "•" * (len(value) - len(shown)) + shown


def _parts(name: str) -> tuple[str, str]:
    for compound in _COMPOUND:
        if name.startswith(compound) and len(name) > len(compound):
            return compound, name[len(compound) :]
    return name[:1], name[1:]


def _syllables(text: str, *, is_family: bool = False) -> list[str]:
    from pypinyin import lazy_pinyin

    if is_family and text in _READINGS:
        return [_READINGS[text]]
    return [_plain(part) for part in lazy_pinyin(text) if part.strip()]


def _initials(family: str, of_given: list[str]) -> str:
    # A compound family name counts with each of its characters.
    of_family = _syllables(family, is_family=len(family) == 1)
    return "".join(part[:1] for part in of_family + of_given)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
