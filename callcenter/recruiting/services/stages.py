"""Which stages candidates for a post pass."""

from collections.abc import Mapping

from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l
from callcenter.recruiting import queries
from callcenter.recruiting.errors import CandidateInvalid
from callcenter.recruiting.models import StageKind, StageTemplate, TemplateStage


def days_refused(kind: StageKind) -> CandidateInvalid:
    """The refusal of a length that no stage has."""
    return CandidateInvalid(
        _("%(stage)s: write from 1 to 365 days.", stage=kind.label), field=kind.value
    )


def set_stages(post_id: int, stages: Mapping[StageKind, int]) -> StageTemplate:
    """Set the stages of a post with the days that each may take.

    Raises `CandidateInvalid` without a screening and a contract.
    """
    if not {StageKind.SCREENING, StageKind.CONTRACT} <= set(stages):
        raise CandidateInvalid(
            _l("Every post begins with a screening and has a contract.")
        )
    template = queries.find_template(post_id) or StageTemplate(
        post_id=post_id, stages=[]
    )
    kept = {each.kind: each for each in template.stages}
    for kind, stage in kept.items():
        if kind not in stages:
            template.stages.remove(stage)
    for kind, n_days in stages.items():
        if kind in kept:
            kept[kind].n_days = n_days
        else:
            template.stages.append(TemplateStage(kind=kind, n_days=n_days))
    db.session.add(template)
    db.session.flush()
    return template
