"""The room's commands: booking time, absences, people and their organisation."""

from callcenter.people.services.accounts import (
    INVITABLE,
    invite_employee,
    link_user,
)
from callcenter.people.services.actors import describe_actor, offer_scopes
from callcenter.people.services.commitments import (
    book_time,
    record_absence,
    release_from,
    release_time,
    withdraw_absence,
)
from callcenter.people.services.contracts import (
    add_employment,
    end_employment,
    remove_skill,
    set_skill,
)
from callcenter.people.services.employees import (
    Person,
    change_employee,
    hire_employee,
    let_go,
    set_identity_number,
    set_phone,
    take_back,
    transfer_employee,
    unlink_user,
)
from callcenter.people.services.import_fields import FIELDS, REQUIRED
from callcenter.people.services.imports import (
    choose_columns,
    discard_import,
    forget_files,
    judge_file,
    note_findings,
    receive_file,
    sheet_of,
    store_findings,
)
from callcenter.people.services.names import masked, sort_name
from callcenter.people.services.organisation import (
    delete_floor,
    delete_post,
    delete_site,
    delete_skill,
    delete_team,
    save_floor,
    save_post,
    save_site,
    save_skill,
    save_team,
)

__all__ = [
    "FIELDS",
    "INVITABLE",
    "REQUIRED",
    "Person",
    "add_employment",
    "book_time",
    "change_employee",
    "choose_columns",
    "delete_floor",
    "delete_post",
    "delete_site",
    "delete_skill",
    "delete_team",
    "describe_actor",
    "discard_import",
    "end_employment",
    "forget_files",
    "hire_employee",
    "invite_employee",
    "judge_file",
    "let_go",
    "link_user",
    "masked",
    "note_findings",
    "offer_scopes",
    "receive_file",
    "record_absence",
    "release_from",
    "release_time",
    "remove_skill",
    "save_floor",
    "save_post",
    "save_site",
    "save_skill",
    "save_team",
    "set_identity_number",
    "set_phone",
    "set_skill",
    "sheet_of",
    "sort_name",
    "store_findings",
    "take_back",
    "transfer_employee",
    "unlink_user",
    "withdraw_absence",
]
