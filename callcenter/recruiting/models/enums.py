"""The kinds of things in this room, each with what it is called."""

from collections.abc import Mapping
from enum import StrEnum

from callcenter.kernel.text import _l


class RequisitionState(StrEnum):
    """Where a requisition stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    OPEN = "open"
    REJECTED = "rejected"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(REQUISITION_STATES[self][0])


class RequisitionReason(StrEnum):
    """Why people are wanted."""

    GROWTH = "growth"
    REPLACEMENT = "replacement"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


REQUISITION_STATES: Mapping[RequisitionState, tuple[object, str]] = {
    RequisitionState.DRAFT: (_l("Draft"), "neutral"),
    RequisitionState.WAITING: (_l("Waits for approval"), "info"),
    RequisitionState.OPEN: (_l("Recruiting"), "success"),
    RequisitionState.REJECTED: (_l("Refused"), "danger"),
    RequisitionState.CLOSED: (_l("Closed"), "neutral"),
}
_LABELS: dict[StrEnum, object] = {
    RequisitionReason.GROWTH: _l("Growth"),
    RequisitionReason.REPLACEMENT: _l("Replacement of somebody who left"),
}


class ChannelKind(StrEnum):
    """The way in which candidates hear of us."""

    CAMPUS_TALK = "campus_talk"
    STUDENT_CLUB = "student_club"
    SCHOOL_PARTNERSHIP = "school_partnership"
    ORDER_CLASS = "order_class"
    REFERRAL = "referral"
    JOB_BOARD = "job_board"
    WALK_IN = "walk_in"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class StageKind(StrEnum):
    """The stages that a candidate can pass, in their order."""

    SCREENING = "screening"
    FIRST_INTERVIEW = "first_interview"
    SKILLS_TEST = "skills_test"
    FINAL_INTERVIEW = "final_interview"
    APPROVAL = "approval"
    OFFER = "offer"
    CONTRACT = "contract"
    CLASS = "class"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])

    @property
    def position(self) -> int:
        """Its place in the order of all stages, from 0."""
        return tuple(StageKind).index(self)


class ApplicationState(StrEnum):
    """Whether a candidate is still on the way to a job."""

    ACTIVE = "active"
    HIRED = "hired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(APPLICATION_STATES[self][0])


class RefusalReason(StrEnum):
    """Why a candidate does not go on; none of them is sex, age, origin or looks."""

    LANGUAGE = "language"
    VOICE = "voice"
    TYPING = "typing"
    COMPUTING = "computing"
    COMMUNICATION = "communication"
    SHIFTS = "shifts"
    PAY = "pay"
    NO_SHOW = "no_show"
    DOCUMENTS = "documents"
    FILLED = "filled"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class HistoryKind(StrEnum):
    """What happened to a candidate."""

    ADDED = "added"
    SIGNED_UP = "signed_up"
    CHANGED = "changed"
    APPLIED = "applied"
    MOVED = "moved"
    REFUSED = "refused"
    WITHDREW = "withdrew"
    REOPENED = "reopened"
    POOLED = "pooled"
    UNPOOLED = "unpooled"
    NOTE = "note"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


APPLICATION_STATES: Mapping[ApplicationState, tuple[object, str]] = {
    ApplicationState.ACTIVE: (_l("On the way"), "info"),
    ApplicationState.HIRED: (_l("Hired"), "success"),
    ApplicationState.REFUSED: (_l("Does not go on"), "neutral"),
    ApplicationState.WITHDRAWN: (_l("Withdrew"), "neutral"),
}
_LABELS |= {
    ChannelKind.CAMPUS_TALK: _l("Campus talk"),
    ChannelKind.STUDENT_CLUB: _l("Student club"),
    ChannelKind.SCHOOL_PARTNERSHIP: _l("School partnership"),
    ChannelKind.ORDER_CLASS: _l("Order class"),
    ChannelKind.REFERRAL: _l("Referral"),
    ChannelKind.JOB_BOARD: _l("Job board"),
    ChannelKind.WALK_IN: _l("Walk-in"),
    StageKind.SCREENING: _l("Screening"),
    StageKind.FIRST_INTERVIEW: _l("First interview"),
    StageKind.SKILLS_TEST: _l("Skills test"),
    StageKind.FINAL_INTERVIEW: _l("Final interview"),
    StageKind.APPROVAL: _l("Approval of the hire"),
    StageKind.OFFER: _l("Offer"),
    StageKind.CONTRACT: _l("Signing of the contract"),
    StageKind.CLASS: _l("Pre-job class"),
    RefusalReason.LANGUAGE: _l("Language or accent of the project"),
    RefusalReason.VOICE: _l("Voice on the phone"),
    RefusalReason.TYPING: _l("Typing"),
    RefusalReason.COMPUTING: _l("Everyday computing"),
    RefusalReason.COMMUNICATION: _l("Communication"),
    RefusalReason.SHIFTS: _l("Cannot work the shifts"),
    RefusalReason.PAY: _l("Pay expected"),
    RefusalReason.NO_SHOW: _l("Did not come"),
    RefusalReason.DOCUMENTS: _l("Papers are missing"),
    RefusalReason.FILLED: _l("The places are filled"),
    RefusalReason.OTHER: _l("Another reason"),
    HistoryKind.ADDED: _l("Added"),
    HistoryKind.SIGNED_UP: _l("Signed up"),
    HistoryKind.CHANGED: _l("Changed"),
    HistoryKind.APPLIED: _l("Put forward"),
    HistoryKind.MOVED: _l("Moved on"),
    HistoryKind.REFUSED: _l("Does not go on"),
    HistoryKind.WITHDREW: _l("Withdrew"),
    HistoryKind.REOPENED: _l("Taken up again"),
    HistoryKind.POOLED: _l("Put into the talent pool"),
    HistoryKind.UNPOOLED: _l("Taken out of the talent pool"),
    HistoryKind.NOTE: _l("Note"),
    HistoryKind.MERGED: _l("Merged"),
}
