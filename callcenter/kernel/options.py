"""Kinds of options that several commands take: lengths of time and time zones."""

import re
from zoneinfo import ZoneInfo

import click

_DURATION = re.compile(r"(\d+)(s|m|min|h)?$")
_UNIT_S = {"s": 1, "m": 60, "min": 60, "h": 3600, None: 1}


class DurationType(click.ParamType[int]):
    """A length of time such as ``20s``, ``30m`` or ``1h``, in seconds."""

    name = "duration"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """The seconds, or a usage error."""
        if isinstance(value, int):
            return value
        match = _DURATION.match(str(value).strip().lower())
        if match is None:
            self.fail(f"{value!r} is no length of time like 20s, 30m, 1h", param, ctx)
        return int(match[1]) * _UNIT_S[match[2]]


class ZoneType(click.ParamType[ZoneInfo]):
    """An IANA time zone such as ``Asia/Shanghai``."""

    name = "zone"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> ZoneInfo:
        """The zone, or a usage error."""
        try:
            return ZoneInfo(str(value))
        except (KeyError, ValueError, OSError):
            self.fail(f"{value!r} is no time zone", param, ctx)
