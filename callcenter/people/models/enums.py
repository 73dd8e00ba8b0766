"""The kinds of things in this room, each with what it is called."""

from enum import StrEnum

from callcenter.kernel.text import _l


class EmploymentKind(StrEnum):
    """The kind of contract."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    INTERN = "intern"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class PayBasis(StrEnum):
    """What the pay rate is for."""

    MONTH = "month"
    HOUR = "hour"
    DAY = "day"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    ANNUAL_LEAVE = "annual_leave"
    SICK = "sick"
    PERSONAL_LEAVE = "personal_leave"
    PARENTAL_LEAVE = "parental_leave"
    COMPENSATORY = "compensatory"
    UNEXCUSED = "unexcused"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class CommitmentKind(StrEnum):
    """What takes a person's time."""

    LEAVE = "leave"
    TRAINING = "training"
    OFF_JOB = "off_job"
    MEETING = "meeting"
    INTERVIEW = "interview"
    UNAVAILABLE = "unavailable"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class SkillKind(StrEnum):
    """What a skill is about."""

    CONTACT = "contact"
    LANGUAGE = "language"
    SUBJECT = "subject"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class LeavingReason(StrEnum):
    """Why somebody left the company."""

    OTHER_JOB = "other_job"
    PAY = "pay"
    STUDY = "study"
    FAMILY = "family"
    SHIFT_WORK = "shift_work"
    CONTRACT_ENDED = "contract_ended"
    DISMISSED = "dismissed"
    OTHER = "other_reason"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


class ImportState(StrEnum):
    """How far an import of employees has come."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    DONE = "done"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


_LABELS: dict[StrEnum, object] = {
    EmploymentKind.FULL_TIME: _l("Full time"),
    EmploymentKind.PART_TIME: _l("Part time"),
    EmploymentKind.INTERN: _l("Intern"),
    PayBasis.MONTH: _l("per month"),
    PayBasis.HOUR: _l("per hour"),
    PayBasis.DAY: _l("per day"),
    AbsenceKind.ANNUAL_LEAVE: _l("Annual leave"),
    AbsenceKind.SICK: _l("Sick"),
    AbsenceKind.PERSONAL_LEAVE: _l("Personal leave"),
    AbsenceKind.PARENTAL_LEAVE: _l("Parental leave"),
    AbsenceKind.COMPENSATORY: _l("Time off in lieu"),
    AbsenceKind.UNEXCUSED: _l("Absent without leave"),
    AbsenceKind.OTHER: _l("Other absence"),
    CommitmentKind.LEAVE: _l("Leave"),
    CommitmentKind.TRAINING: _l("Training"),
    CommitmentKind.OFF_JOB: _l("Off-job training"),
    CommitmentKind.MEETING: _l("Meeting"),
    CommitmentKind.INTERVIEW: _l("Interview"),
    CommitmentKind.UNAVAILABLE: _l("Not available"),
    SkillKind.CONTACT: _l("Contact"),
    SkillKind.LANGUAGE: _l("Language"),
    SkillKind.SUBJECT: _l("Subject"),
    LeavingReason.OTHER_JOB: _l("Another job"),
    LeavingReason.PAY: _l("Pay"),
    LeavingReason.STUDY: _l("Studies"),
    LeavingReason.FAMILY: _l("Family"),
    LeavingReason.SHIFT_WORK: _l("Shift work"),
    LeavingReason.CONTRACT_ENDED: _l("The contract ended"),
    LeavingReason.DISMISSED: _l("Dismissed"),
    LeavingReason.OTHER: _l("Another reason"),
    ImportState.UPLOADED: _l("Waiting for its columns"),
    ImportState.CHECKING: _l("Being checked"),
    ImportState.CHECKED: _l("Checked, not stored yet"),
    ImportState.DONE: _l("Stored"),
}
