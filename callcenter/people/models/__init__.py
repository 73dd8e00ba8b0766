"""Sites, floors, teams, posts, employees, employment, skills, absences, commitments."""

from callcenter.people.models.employees import (
    Employee,
    EmployeeSkill,
    Employment,
    Move,
    Skill,
)
from callcenter.people.models.enums import (
    AbsenceKind,
    CommitmentKind,
    EmploymentKind,
    ImportState,
    LeavingReason,
    PayBasis,
    SkillKind,
)
from callcenter.people.models.imports import EmployeeImport
from callcenter.people.models.organisation import Floor, Post, Site, Team
from callcenter.people.models.time import NO_DOUBLE_COMMITMENT, Absence, Commitment

__all__ = [
    "NO_DOUBLE_COMMITMENT",
    "Absence",
    "AbsenceKind",
    "Commitment",
    "CommitmentKind",
    "Employee",
    "EmployeeImport",
    "EmployeeSkill",
    "Employment",
    "EmploymentKind",
    "Floor",
    "ImportState",
    "LeavingReason",
    "Move",
    "PayBasis",
    "Post",
    "Site",
    "Skill",
    "SkillKind",
    "Team",
]
