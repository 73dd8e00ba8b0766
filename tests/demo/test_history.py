from dataclasses import fields
from hashlib import sha256

import numpy as np
import pytest

from callcenter.demo.attendance import day_index, draw_absences
from callcenter.demo.calendar import local_epoch
from callcenter.demo.company import Company, EventKind
from callcenter.demo.facts import QueueFacts
from callcenter.demo.history import History, simulate_history
from callcenter.demo.pace import teams_by_day
from callcenter.demo.records import Contacts, Disposition
from callcenter.demo.tables import Table

PAUSES = ("break_s", "lunch_s", "meeting_s", "coaching_s", "training_s")
SHORT = 1


def fingerprint(history: History) -> str:
    digest = sha256()
    for field in fields(history):
        table = getattr(history, field.name)
        if isinstance(table, Table):
            for column in fields(table):
                digest.update(getattr(table, column.name).tobytes())
    return digest.hexdigest()


def simulated(company: Company, seed: int) -> str:
    rng = np.random.default_rng(seed)
    return fingerprint(simulate_history(company, rng, contact_days=SHORT))


def queue_of(company: Company, code: str) -> int:
    return [q.code for q in company.queues].index(code)


def service_level(facts: QueueFacts, rows: np.ndarray) -> float:
    return float(
        facts.answered_in_threshold[rows].sum() / max(facts.offered[rows].sum(), 1)
    )


def days_of(company: Company, zone: str, first: object, last: object) -> tuple:
    return local_epoch(zone, first, 0), local_epoch(zone, last, 86_400)


@pytest.fixture(scope="session")
def window(company: Company, history: History) -> np.ndarray:
    """Whether a queue fact lies among the days with contacts."""
    starts = {
        zone: local_epoch(zone, history.contacts_from, 0)
        for zone in ("Asia/Shanghai", "Europe/Lisbon")
    }
    first = np.asarray([starts[q.zone] for q in company.queues])
    facts = history.queue_facts
    return facts.starts_at >= first[facts.queue]


@pytest.fixture(scope="session")
def team_of_contact(company: Company, history: History) -> np.ndarray:
    """Position of the team that served each contact; -1 for none."""
    contacts = history.contacts
    n_days = (company.today - company.first_day).days
    teams = teams_by_day(company, n_days)
    zero = local_epoch("Asia/Shanghai", company.first_day, 0)
    day = np.clip((contacts.arrived_at - zero) // 86_400, 0, n_days - 1)
    found = teams[np.maximum(contacts.employee, 0), day]
    return np.where(contacts.employee >= 0, found, -1)


def test_same_seed_gives_the_same_bytes(company: Company) -> None:
    assert simulated(company, 5) == simulated(company, 5)


def test_another_seed_gives_another_history(company: Company, history: History) -> None:
    n_days = (company.today - company.first_day).days

    absences, _ = draw_absences(company, n_days, np.random.default_rng(6))

    assert len(absences) != len(history.absences)


def test_sizes_are_as_promised(history: History) -> None:
    assert 1_000_000 <= len(history.contacts) <= 1_300_000
    assert len(history.queue_facts) > 400_000


def test_every_offered_contact_is_answered_or_abandoned(history: History) -> None:
    facts = history.queue_facts

    assert np.array_equal(facts.offered, facts.answered + facts.abandoned)
    assert (facts.answered_in_threshold <= facts.answered).all()
    assert (facts.abandoned_in_threshold <= facts.abandoned).all()
    assert all(getattr(facts, f.name).min() >= 0 for f in fields(facts))


def test_no_queue_has_two_facts_for_one_quarter(history: History) -> None:
    facts = history.queue_facts
    key = facts.queue.astype(np.int64) * 2**40 + facts.starts_at

    assert (np.diff(key) > 0).all()
    assert (facts.starts_at % 900 == 0).all()


@pytest.mark.parametrize(
    ("measure", "of_contact"),
    [
        ("offered", lambda c: np.ones(len(c), dtype=int)),
        ("abandoned", lambda c: c.disposition == Disposition.ABANDONED),
        ("talk_s", lambda c: c.talk_s),
        ("hold_s", lambda c: c.hold_s),
        ("wrap_s", lambda c: c.wrap_s),
        ("transfers", lambda c: c.disposition == Disposition.TRANSFERRED),
        ("sales", lambda c: c.disposition == Disposition.SALE),
        (
            "wait_answered_s",
            lambda c: np.where(c.employee >= 0, c.answered_at - c.arrived_at, 0),
        ),
    ],
)
def test_facts_of_the_window_are_the_contacts_rolled_up(
    company: Company, history: History, window, measure: str, of_contact
) -> None:
    facts, contacts = history.queue_facts, history.contacts
    n = len(company.queues)

    expected = np.bincount(contacts.queue, weights=of_contact(contacts), minlength=n)
    values = getattr(facts, measure)[window]
    assert (
        np.bincount(facts.queue[window], weights=values, minlength=n).tolist()
        == expected.tolist()
    )


def test_agents_and_queues_add_up_to_the_same(history: History, window) -> None:
    facts, agents, days = (
        history.queue_facts,
        history.agent_queues,
        history.agent_queue_days,
    )

    for ours, theirs in (("handled", "answered"), ("talk_s",) * 2, ("wrap_s",) * 2):
        in_window = getattr(facts, theirs)[window].sum()
        before = getattr(facts, theirs)[~window].sum()
        assert getattr(agents, ours).sum() == in_window
        assert getattr(days, ours).sum() == before
    for counts in (days.resolved, days.transfers, days.holds, days.sales):
        assert ((counts >= 0) & (counts <= days.handled)).all()


def test_states_fill_the_log_in_time_exactly(history: History) -> None:
    for table in (history.agent_states, history.agent_state_days):
        parts = [table.available_s, table.talk_s, table.hold_s, table.wrap_s]
        parts += [getattr(table, name) for name in PAUSES]
        assert np.array_equal(np.sum(parts, axis=0), table.login_s)
        assert min(int(part.min()) for part in parts) >= 0
    assert history.agent_states.login_s.max() <= 900


def test_no_agent_serves_two_contacts_at_once(history: History) -> None:
    served = history.contacts.pick(history.contacts.employee >= 0)
    order = np.lexsort((served.answered_at, served.employee))
    served = served.pick(order)

    busy_until = served.ended_at + served.wrap_s
    same = served.employee[1:] == served.employee[:-1]
    assert (served.answered_at[1:] >= busy_until[:-1])[same].all()


def test_no_agent_is_on_two_shifts_or_in_two_sessions_at_once(
    history: History,
) -> None:
    for table in (history.shifts, history.sessions):
        rows = table.pick(np.lexsort((table.starts_at, table.employee)))
        same = rows.employee[1:] == rows.employee[:-1]
        rest = (rows.starts_at[1:] - rows.ends_at[:-1])[same]
        assert rest.min() > 5 * 3600
        assert (rest < 11 * 3600).mean() < 0.02


def test_nobody_works_when_absent_or_before_the_class_is_over(
    company: Company, history: History
) -> None:
    floor = np.asarray([day_index(company, e.floor_on) for e in company.employees])
    away = {
        (int(e), day)
        for e, first, last in zip(
            history.absences.employee,
            history.absences.first_day,
            history.absences.last_day,
            strict=True,
        )
        for day in range(first, last + 1)
    }
    shifts = history.shifts

    assert (shifts.day >= floor[shifts.employee]).all()
    worked = set(zip(shifts.employee.tolist(), shifts.day.tolist(), strict=True))
    assert not worked & away


def test_agents_serve_only_queues_they_have_learnt(
    company: Company, history: History
) -> None:
    pairs = set(
        zip(
            history.agent_queues.employee.tolist(),
            history.agent_queues.queue.tolist(),
            strict=True,
        )
    )

    known = {
        (i, k)
        for i, e in enumerate(company.employees)
        for k, q in enumerate(company.queues)
        if q.skill in {g.skill for g in e.skills}
    }
    assert pairs <= known


def test_contacts_arrive_in_opening_hours(company: Company, history: History) -> None:
    facts = history.queue_facts
    lisbon = queue_of(company, "AIR-EN")
    for day in ("2026-10-24", "2026-10-26", "2026-03-30"):
        noon = np.datetime64(f"{day}T12:00").astype("datetime64[s]").astype(int)
        rows = (facts.queue == lisbon) & (abs(facts.starts_at - noon) < 43_200)
        hours = (facts.starts_at[rows][facts.offered[rows] > 0] - noon) / 3600 + 12
        opens_utc = 6 if day != "2026-10-26" else 7
        assert opens_utc <= hours.min() < opens_utc + 1


def test_seats_are_enough_for_every_quarter(company: Company, history: History) -> None:
    floor_of = {t.code: t.floor for t in company.teams}
    floors = np.asarray([floor_of[e.team] for e in company.employees])
    shifts = history.shifts
    zero = int(shifts.starts_at.min())

    for floor in company.floors:
        mine = shifts.pick(floors[shifts.employee] == floor.code)
        change = np.bincount((mine.starts_at - zero) // 900, minlength=60_000)
        change -= np.bincount((mine.ends_at - zero) // 900, minlength=60_000)
        assert np.cumsum(change).max() <= len(floor.seats)


def test_service_is_plausible_in_every_month_of_every_queue(
    company: Company, history: History
) -> None:
    facts = history.queue_facts
    storm = next(e for e in company.events if e.kind is EventKind.STORM)
    first, last = days_of(company, "Europe/Lisbon", storm.starts_on, storm.ends_on)
    calm = (facts.starts_at < first) | (facts.starts_at >= last)
    month = facts.starts_at // (30 * 86_400)

    for k in range(len(company.queues)):
        if company.queues[k].is_outbound:
            continue
        for m in np.unique(month)[1:-1]:
            level = service_level(facts, calm & (facts.queue == k) & (month == m))
            assert 0.6 <= level <= 0.995, (company.queues[k].code, m, level)


def test_past_and_window_have_like_service(
    company: Company, history: History, window
) -> None:
    facts = history.queue_facts

    for k, queue in enumerate(company.queues):
        if queue.pool in {"AIR", "SALES"}:
            continue
        mine = facts.queue == k
        gap = service_level(facts, mine & window) - service_level(facts, mine & ~window)
        assert abs(gap) < 0.08, queue.code


def test_the_storm_breaks_the_airline_queues(
    company: Company, history: History
) -> None:
    facts = history.queue_facts
    storm = next(e for e in company.events if e.kind is EventKind.STORM)
    first, last = days_of(company, "Europe/Lisbon", storm.starts_on, storm.ends_on)
    mine = facts.queue == queue_of(company, "AIR-EN")
    during = mine & (facts.starts_at >= first) & (facts.starts_at < last)
    week = 7 * 86_400
    before = mine & (facts.starts_at >= first - week) & (facts.starts_at < last - week)

    assert facts.offered[during].sum() > 1.7 * facts.offered[before].sum()
    assert service_level(facts, during) < 0.3 < service_level(facts, before)


def test_the_failed_campaign_reaches_and_sells_little(
    company: Company, history: History
) -> None:
    contacts = history.contacts
    failed = next(
        k for k, c in enumerate(company.campaigns) if c.true_reach < c.planned_reach / 2
    )
    others = np.isin(
        contacts.campaign,
        [
            k
            for k, c in enumerate(company.campaigns)
            if c.queue == "SALES-UP" and k != failed
        ],
    )

    def reached(rows: np.ndarray) -> float:
        outcome = contacts.disposition[rows]
        return float((outcome >= Disposition.REFUSED).mean())

    def sold(rows: np.ndarray) -> float:
        return float((contacts.disposition[rows] == Disposition.SALE).mean())

    ours = contacts.campaign == failed
    assert reached(ours) < 0.4 * reached(others)
    assert sold(ours) < 0.1 * sold(others)


def test_the_problem_team_stands_out(
    company: Company, history: History, team_of_contact
) -> None:
    contacts = history.contacts
    code = [t.code for t in company.teams].index(company.problem_team)
    peers = [k for k, t in enumerate(company.teams) if t.project == "TEL" and k != code]

    def figures(team: int) -> tuple[float, float, float, float]:
        rows = team_of_contact == team
        return (
            float((contacts.talk_s + contacts.hold_s + contacts.wrap_s)[rows].mean()),
            float(contacts.hold_s[rows].mean()),
            float((contacts.disposition[rows] == Disposition.TRANSFERRED).mean()),
            -float((contacts.disposition[rows] == Disposition.RESOLVED).mean()),
        )

    worst_peer = np.max([figures(k) for k in peers], axis=0)
    assert (np.asarray(figures(code)) > worst_peer).all()
    assert figures(code)[1] > 2.5 * worst_peer[1]
    assert figures(code)[2] > 1.8 * worst_peer[2]


def test_customers_of_the_problem_team_come_back(
    company: Company, history: History, team_of_contact
) -> None:
    contacts = history.contacts
    code = [t.code for t in company.teams].index(company.problem_team)
    came_back = np.zeros(len(contacts), dtype=bool)
    came_back[contacts.parent[contacts.parent >= 0]] = True
    telecom = np.isin(contacts.queue, [queue_of(company, "TEL-BILL")])

    ours = came_back[telecom & (team_of_contact == code)].mean()
    peers = came_back[telecom & (team_of_contact >= 0) & (team_of_contact != code)]
    assert ours > 1.5 * peers.mean()


def test_newcomers_get_faster_with_tenure(company: Company, history: History) -> None:
    days = history.agent_queue_days
    joined = np.asarray([e.floor_on.toordinal() for e in company.employees])
    tenure = days.starts_at // 86_400 + 719_163 - joined[days.employee]
    queue = days.queue == queue_of(company, "BANK-ZH")

    def aht(low: int, high: int) -> float:
        rows = queue & (tenure >= low) & (tenure < high)
        spent = (days.talk_s + days.hold_s + days.wrap_s)[rows].sum()
        return float(spent / days.handled[rows].sum())

    assert aht(0, 30) > 1.12 * aht(60, 120) > 1.12 * aht(240, 2000)


def test_a_parent_came_before_and_was_the_same_customer(history: History) -> None:
    contacts = history.contacts
    child = np.flatnonzero(contacts.parent >= 0)
    parent = contacts.parent[child]

    assert (contacts.arrived_at[parent] <= contacts.arrived_at[child]).all()
    assert (contacts.customer[parent] == contacts.customer[child]).all()
    assert len(child) > 40_000


def test_every_contact_is_over_before_today(company: Company, history: History) -> None:
    contacts = history.contacts
    end = local_epoch("Europe/Lisbon", company.today, 0)

    assert (contacts.ended_at + contacts.wrap_s).max() <= end
    assert (np.diff(contacts.arrived_at) >= 0).all()
    assert_lost_or_served(contacts)


def assert_lost_or_served(contacts: Contacts) -> None:
    lost = contacts.disposition == Disposition.ABANDONED
    assert np.array_equal(lost, contacts.employee < 0)
    assert (contacts.answered_at[lost] == -1).all()
    assert (contacts.answered_at[~lost] >= contacts.arrived_at[~lost]).all()
    assert (contacts.ended_at >= contacts.arrived_at).all()


def test_agents_outbound_figures_add_up_to_the_queues(history: History, window) -> None:
    facts, days = history.queue_facts, history.agent_queue_days

    for name in ("reached", "sales", "answered_in_threshold", "wait_answered_s"):
        assert getattr(days, name).sum() == getattr(facts, name)[~window].sum()
    assert (days.reached <= days.handled).all()
    assert (days.sales <= days.reached).all()
