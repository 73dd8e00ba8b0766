"""What the room's codes are called, and findings as sentences."""

from collections.abc import Mapping
from datetime import timedelta

from callcenter.engine.forecasting import FindingKind, Method
from callcenter.forecasting.models import (
    ForecastStatus,
    Horizon,
    Rounding,
    ShrinkageKind,
    StaffingModel,
)
from callcenter.forecasting.queries import Found
from callcenter.kernel.text import _, _l
from callcenter.web import filters

STATUS_NAMES: Mapping[ForecastStatus, tuple[object, str]] = {
    ForecastStatus.MAKING: (_l("Being made"), "info"),
    ForecastStatus.DRAFT: (_l("Draft"), "neutral"),
    ForecastStatus.APPROVED: (_l("Approved"), "success"),
    ForecastStatus.SUPERSEDED: (_l("Replaced"), "neutral"),
    ForecastStatus.FAILED: (_l("Failed"), "danger"),
}
METHOD_NAMES: Mapping[str, object] = {
    "": _l("none"),
    Method.NAIVE: _l("Last like day (naive)"),
    Method.MEAN4: _l("Mean of four like days"),
    Method.MEDIAN6: _l("Median of six like days"),
    Method.PROFILE: _l("Level and weekday profile"),
    Method.SVD_LEVEL: _l("Level and common patterns"),
    Method.STRUCTURE: _l("Weekday, month, closings and events"),
    Method.COMBINATION: _l("Combination of methods"),
}
BASIS_NAMES: Mapping[str, object] = {
    "tested": _l("tested on its own past"),
    "short": _l("history too short for a test"),
    "empty": _l("no contacts so far"),
    "imported": _l("made elsewhere"),
    "borrowed": _l("early days from queues like it"),
    "expected": _l("what planners expect"),
    "campaign": _l("campaign plans"),
    "few": _l("too few days to forecast from"),
    "": "",
}
HORIZON_NAMES: Mapping[Horizon, object] = {
    Horizon.DAY: _l("1 day"),
    Horizon.WEEK: _l("2–7 days"),
    Horizon.LATER: _l("Further ahead"),
}
MODEL_NAMES: Mapping[StaffingModel, object] = {
    StaffingModel.ERLANG_C: _l("Erlang C"),
    StaffingModel.ERLANG_A: _l("Erlang A"),
    StaffingModel.ERLANG_B: _l("Erlang B"),
    StaffingModel.WORKLOAD: _l("Workload"),
    StaffingModel.CHAT: _l("Chat"),
    StaffingModel.DEFERRED: _l("Work that may wait"),
    StaffingModel.BLEND: _l("Contacts and dialling"),
}
MODEL_NOTES: Mapping[StaffingModel, object] = {
    StaffingModel.ERLANG_C: _l("nobody hangs up"),
    StaffingModel.ERLANG_A: _l("callers have patience"),
    StaffingModel.ERLANG_B: _l("who finds everybody busy is lost"),
    StaffingModel.WORKLOAD: _l("nobody waits"),
    StaffingModel.CHAT: _l("several contacts at once"),
    StaffingModel.DEFERRED: _l("done when it is due"),
    StaffingModel.BLEND: _l("outbound calls fill the time between contacts"),
}
ROUNDING_NAMES: Mapping[Rounding, object] = {
    Rounding.WHOLE: _l("up, so that every interval keeps its targets"),
    Rounding.NEAREST: _l("to the nearest, so that targets are kept on average"),
}
SHRINKAGE_NAMES: Mapping[ShrinkageKind, object] = {
    ShrinkageKind.LEAVE: _l("Leave not yet booked"),
    ShrinkageKind.MEETING: _l("Meetings"),
    ShrinkageKind.TRAINING: _l("Training"),
    ShrinkageKind.ABSENCE: _l("Unplanned absence"),
}


def finding_sentence(finding: Found) -> tuple[str, str]:
    """What was found, as a sentence, and the tone in which to say it."""
    day = filters.day(finding.day, "medium")
    share = filters.percent(abs(finding.size - 1.0), 0)
    is_more = finding.size > 1.0
    if finding.kind == FindingKind.GAP:
        share = filters.percent(finding.size, 0)
        text = _(
            "%(day)s: %(share)s of the open time is missing.", day=day, share=share
        )
        return text, "warning"
    if finding.kind == FindingKind.DUPLICATE:
        copied = filters.day(finding.day - timedelta(days=finding.size), "medium")
        text = _("%(day)s holds the counts of %(copied)s.", day=day, copied=copied)
        return text, "warning"
    if finding.kind == FindingKind.OUTLIER and is_more:
        return _("%(day)s was %(share)s above its level.", day=day, share=share), "info"
    if finding.kind == FindingKind.OUTLIER:
        return _("%(day)s was %(share)s below its level.", day=day, share=share), "info"
    if is_more:
        text = _("From %(day)s on the level is %(share)s higher.", day=day, share=share)
    else:
        text = _("From %(day)s on the level is %(share)s lower.", day=day, share=share)
    return text, "warning"
