"""What somebody who runs a call center would notice at first sight."""

import numpy as np

from callcenter.demo.company import Channel, Company
from callcenter.demo.history import History

# Seconds of handling a contact, between which people of the trade would believe it.
BELIEVABLE_S = {
    Channel.VOICE: (230, 430),
    Channel.CHAT: (450, 900),
    Channel.OUTBOUND: (180, 310),
    Channel.CASE: (600, 1500),
}


def test_handling_times_are_such_as_a_floor_manager_knows(
    company: Company, history: History
) -> None:
    facts = history.queue_facts
    for k, queue in enumerate(company.queues):
        low, high = BELIEVABLE_S[queue.channel]
        mine = facts.pick(facts.queue == k)
        counted = mine.reached if queue.is_outbound else mine.answered
        parts = (mine.talk_s, mine.hold_s, mine.wrap_s)
        spent = sum(float(values.sum()) for values in parts)

        assert low <= spent / counted.sum() <= high, queue.code


def test_agents_are_as_busy_as_their_trade(company: Company, history: History) -> None:
    states, contacts = history.agent_states, history.contacts
    pool = np.asarray([e.team.rpartition("-")[0] for e in company.employees])
    for code in ("TEL", "BANK-HF", "INTL", "INS-TEL", "AIR"):
        mine = pool[states.employee] == code
        busy = sum(
            int(values[mine].sum())
            for values in (states.talk_s, states.hold_s, states.wrap_s)
        )
        ready = busy + int(states.available_s[mine].sum())
        served = contacts.employee[contacts.employee >= 0]
        per_hour = 3600 * int((pool[served] == code).sum()) / ready

        assert 0.68 <= busy / ready <= 0.85, code
        assert 6 <= per_hour <= 12, code
