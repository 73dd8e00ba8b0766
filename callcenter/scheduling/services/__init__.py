"""The commands of this room."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.scheduling.services.changes import (
        add_shift,
        change_shift,
        delete_shift,
        swap_shifts,
        undo_change,
    )
    from callcenter.scheduling.services.coverage import recount_coverage
    from callcenter.scheduling.services.feeds import open_feed, revoke_feed
    from callcenter.scheduling.services.ground import (
        Ground,
        build_ground,
        require_demand,
    )
    from callcenter.scheduling.services.leave import remove_shifts_for_leave
    from callcenter.scheduling.services.leave_requests import (
        ask_for_leave,
        carry_out_leave,
    )
    from callcenter.scheduling.services.library import (
        assign_rules,
        install_library,
        save_rule_set,
        save_template,
    )
    from callcenter.scheduling.services.offers import (
        Eligible,
        answer_offer,
        close_offer,
        find_eligible,
        make_offer,
    )
    from callcenter.scheduling.services.proposals import (
        Answer,
        Finding,
        Part,
        Proposal,
        as_proposal,
        check_change,
        check_changes,
        propose,
    )
    from callcenter.scheduling.services.publishing import (
        Preview,
        preview_publishing,
        publish_schedule,
        shifts_to_tell,
    )
    from callcenter.scheduling.services.schedules import (
        Solution,
        ask_to_solve,
        begin_solving,
        copy_schedule,
        create_schedule,
        find_solve_job,
        note_progress,
        release_schedule,
        store_solution,
        subject_of,
    )
    from callcenter.scheduling.services.seating import find_free_seat, seat_shifts
    from callcenter.scheduling.services.seats import (
        Block,
        close_seat,
        lay_out,
        reopen_seat,
    )
    from callcenter.scheduling.services.service_chances import (
        ask_for_chances,
        chances_subject,
        day_chances,
        keep_chances,
    )
    from callcenter.scheduling.services.swap_search import SwapOption, find_swaps
    from callcenter.scheduling.services.swaps import (
        answer_swap,
        ask_for_swap,
        carry_out_swap,
        end_swaps_of_changed_shift,
        end_swaps_of_replaced_shifts,
        offer_shift,
        save_agent_rules,
        withdraw_offer,
        withdraw_swap,
    )


__all__ = [
    "Answer",
    "Block",
    "Eligible",
    "Finding",
    "Ground",
    "Part",
    "Preview",
    "Proposal",
    "Solution",
    "SwapOption",
    "add_shift",
    "answer_offer",
    "answer_swap",
    "as_proposal",
    "ask_for_chances",
    "ask_for_leave",
    "ask_for_swap",
    "ask_to_solve",
    "assign_rules",
    "begin_solving",
    "build_ground",
    "carry_out_leave",
    "carry_out_swap",
    "chances_subject",
    "change_shift",
    "check_change",
    "check_changes",
    "close_offer",
    "close_seat",
    "copy_schedule",
    "create_schedule",
    "day_chances",
    "delete_shift",
    "end_swaps_of_changed_shift",
    "end_swaps_of_replaced_shifts",
    "find_eligible",
    "find_free_seat",
    "find_solve_job",
    "find_swaps",
    "install_library",
    "keep_chances",
    "lay_out",
    "make_offer",
    "note_progress",
    "offer_shift",
    "open_feed",
    "preview_publishing",
    "propose",
    "publish_schedule",
    "recount_coverage",
    "release_schedule",
    "remove_shifts_for_leave",
    "reopen_seat",
    "require_demand",
    "revoke_feed",
    "save_agent_rules",
    "save_rule_set",
    "save_template",
    "seat_shifts",
    "shifts_to_tell",
    "store_solution",
    "subject_of",
    "swap_shifts",
    "undo_change",
    "withdraw_offer",
    "withdraw_swap",
]

lazily(__name__)
