"""Moving candidates through the stages, each move checked against the rules."""

from collections.abc import Mapping
from datetime import timedelta

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l, _n
from callcenter.recruiting import queries
from callcenter.recruiting.errors import AlreadyApplied, MovedMeanwhile, MoveRefused
from callcenter.recruiting.models import (
    Application,
    ApplicationState,
    Candidate,
    HistoryKind,
    RefusalReason,
    Requisition,
    RequisitionState,
    StageKind,
)
from callcenter.recruiting.queries.pipeline import TAKEN
from callcenter.recruiting.services.candidates import note, set_pooled

Stages = Mapping[StageKind, int]


def put_forward(candidate: Candidate, requisition: Requisition) -> Application:
    """Put a candidate into the pipeline of a requisition, at its first stage.

    Raises `AlreadyApplied`, and `MoveRefused` when nobody is recruited for it.
    """
    _require_open(requisition)
    if queries.has_applied(candidate.id, requisition.id):
        raise AlreadyApplied
    stages = queries.stages_of(requisition)
    first = next(iter(stages))
    application = Application(
        candidate_id=candidate.id,
        requisition_id=requisition.id,
        stage=first,
        due_at=clock.now() + timedelta(days=stages[first]),
        recruiter_id=current_actor().user_id,
    )
    db.session.add(application)
    db.session.flush()
    set_pooled(candidate, is_in_pool=False)
    note(
        candidate.id,
        HistoryKind.APPLIED,
        application_id=application.id,
        to_stage=first,
        words=requisition.post.title,
    )
    return application


def move_application(
    application: Application,
    to: StageKind,
    *,
    seen: StageKind | None = None,
    stages: Stages | None = None,
) -> Application:
    """Move a candidate to another stage; to the present one changes nothing.

    ``seen`` is the stage in which the mover saw the candidate. Raises
    `MovedMeanwhile` when it is no longer that one, and `MoveRefused` with the rule
    that stands against it: stages follow one another, forward one at a time.
    """
    requisition, was = application.requisition, application.stage
    if application.state is not ApplicationState.ACTIVE:
        raise MoveRefused(_l("This application has ended. Take it up again first."))
    if to is was:
        return application
    if seen is not None and seen is not was:
        name = application.candidate.name
        raise MovedMeanwhile(name=name, stage=was.label)
    _require_open(requisition)
    stages = stages or queries.stages_of(requisition)
    _require_in_turn(was, to, stages)
    if to.position > was.position:
        _require_fit(application, to)
    application.stage = to
    application.entered_at = clock.now()
    application.due_at = clock.now() + timedelta(days=stages[to])
    db.session.flush()
    note(
        application.candidate_id,
        HistoryKind.MOVED,
        application_id=application.id,
        from_stage=was,
        to_stage=to,
    )
    return application


def refuse_application(
    application: Application,
    *,
    reason: RefusalReason,
    words: str = "",
    into_pool: bool,
) -> Application:
    """End an application because the candidate does not go on, for a reason.

    Raises `MoveRefused` when it has ended already, and for another reason unsaid.
    """
    if reason is RefusalReason.OTHER and not words.strip():
        raise MoveRefused(_l("Say which other reason it is."), field="words")
    _end(application, ApplicationState.REFUSED)
    application.refusal_reason = reason
    application.refusal_note = words.strip()[:400]
    _note_end(application, HistoryKind.REFUSED, words)
    if into_pool:
        set_pooled(application.candidate, is_in_pool=True)
    return application


def withdraw_application(application: Application, words: str = "") -> Application:
    """End an application because the candidate does not want to go on.

    Raises `MoveRefused` when it has ended already.
    """
    _end(application, ApplicationState.WITHDRAWN)
    _note_end(application, HistoryKind.WITHDREW, words)
    return application


def reopen_application(application: Application) -> Application:
    """Take up again what was ended, in the stage in which it ended.

    Raises `MoveRefused` unless it was refused or withdrawn and people are still
    recruited for the requisition.
    """
    if application.state not in {ApplicationState.REFUSED, ApplicationState.WITHDRAWN}:
        raise MoveRefused(_l("This application has not ended."))
    _require_open(application.requisition)
    if application.stage in TAKEN:
        _require_place(application.requisition)
    n_days = queries.stages_of(application.requisition).get(application.stage, 3)
    application.state = ApplicationState.ACTIVE
    application.refusal_reason, application.refusal_note = None, ""
    application.ended_at = None
    application.entered_at = clock.now()
    application.due_at = clock.now() + timedelta(days=n_days)
    db.session.flush()
    _note_end(application, HistoryKind.REOPENED, "")
    return application


def _end(application: Application, state: ApplicationState) -> None:
    if application.state is not ApplicationState.ACTIVE:
        raise MoveRefused(_l("This application has ended already."))
    application.state = state
    application.ended_at = clock.now()
    db.session.flush()


def _note_end(application: Application, kind: HistoryKind, words: str) -> None:
    reason = application.refusal_reason
    said = [reason.value if reason else "", words.strip()]
    note(
        application.candidate_id,
        kind,
        application_id=application.id,
        from_stage=application.stage,
        words=": ".join(each for each in said if each),
    )


def _require_open(requisition: Requisition) -> None:
    if requisition.state is not RequisitionState.OPEN:
        raise MoveRefused(
            _l("Nobody is recruited for this requisition: it is not open.")
        )


def _require_in_turn(was: StageKind, to: StageKind, stages: Stages) -> None:
    if to not in stages:
        raise MoveRefused(_("This post has no stage “%(stage)s”.", stage=to.label))
    between = [each for each in stages if was.position < each.position < to.position]
    if between:
        raise MoveRefused(
            _(
                "First comes: %(stages)s. Nobody skips a stage.",
                stages=", ".join(each.label for each in between),
            )
        )


def _require_fit(application: Application, to: StageKind) -> None:
    """What each stage asks for before somebody enters it."""
    candidate = application.candidate
    if candidate.consent_at is None:
        raise MoveRefused(
            _(
                "%(name)s has not agreed that we keep the data. Record the consent "
                "first.",
                name=candidate.name,
            )
        )
    if to in TAKEN and application.stage not in TAKEN:
        _require_place(application.requisition)
    if to is StageKind.CONTRACT and not (
        candidate.identity_digest and candidate.phone_digest
    ):
        raise MoveRefused(
            _(
                "A contract needs phone and identity number of %(name)s. Add them "
                "first.",
                name=candidate.name,
            )
        )


def _require_place(requisition: Requisition) -> None:
    queries.hold_places(requisition.id)
    taken, wanted = queries.count_taken(requisition.id), requisition.headcount
    if taken >= wanted:
        raise MoveRefused(
            _n(
                "The one place wanted is promised. Ask for more people, or take an "
                "offer back.",
                "All %(num)s places wanted are promised. Ask for more people, or "
                "take an offer back.",
                wanted,
            )
        )
