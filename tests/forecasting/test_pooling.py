"""Queues that share their agents are staffed together."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import StaffingModel
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.projects.models import Channel, Direction
from callcenter.projects.queries import targets_touching
from tests.factories.forecasting import make_facts, make_forecast
from tests.factories.projects import make_queue, make_target

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 15)
N_HISTORY = (MONDAY - FIRST).days


@pytest.fixture
def queues(app):
    """Three small queues of one project, one of them with a stricter promise."""
    first = make_queue()
    others = [make_queue(first.project), make_queue(first.project)]
    for seed, queue in enumerate([first, *others]):
        make_facts(queue, FIRST, N_HISTORY, seed=seed + 1)
        make_target(queue, sl_target=0.9 if seed else 0.8)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield [first, *others]


def share(queues, *, is_pooled=True):
    services.set_assumption(
        None,
        project_id=queues[0].project_id,
        queue_id=None,
        model=StaffingModel.ERLANG_A,
        patience_s=180.0,
        max_occupancy=0.9,
        leave_share=0.0,
        meeting_share=0.05,
        training_share=0.0,
        absence_share=0.05,
        is_pooled=is_pooled,
    )
    db.session.commit()


def needs_of(forecast, queues):
    return dict(services.work_out(forecast, queues, MONDAY, 7))


def test_together_they_need_fewer_and_each_at_least_its_load(queues):
    share(queues, is_pooled=False)
    forecast = make_forecast(queues, MONDAY)
    alone = needs_of(forecast, queues)
    services.set_assumption(found(queues), project_id=0, queue_id=None, is_pooled=True)

    together = needs_of(forecast, queues)

    for queue in queues:
        own, shared = alone[queue].staffing, together[queue].staffing
        assert (shared.required_agents <= own.required_agents + 1e-9).all()
        assert (shared.required_agents >= own.load_erlangs - 1e-9).all()
        assert shared.scheduled_agents == pytest.approx(shared.required_agents / 0.9)
    sums = [
        sum(need.staffing.required_agents.sum() for need in needs.values())
        for needs in (alone, together)
    ]
    assert sums[1] < 0.85 * sums[0]


def found(queues):
    return queries.find_assumption(queues[0].project_id, None)


def test_the_pool_is_one_queue_that_keeps_the_strictest_promise(queues):
    share(queues)
    forecast = make_forecast(queues, MONDAY)

    needs = needs_of(forecast, queues)

    load = services.joined([needs[queue].load for queue in queues])
    busy = load.offered > 0.0
    strictest = targets_touching([queues[1].id], MONDAY, MONDAY)[queues[1].id]
    assumption = queries.assumptions_of(queues)[queues[1].id]
    expected = services.staff_queue(queues[1], load, strictest, assumption)
    pooled = sum(needs[queue].staffing.required_agents for queue in queues)[busy]
    assert pooled == pytest.approx(expected.required_agents[busy])
    is_own = needs[queues[1]].load.offered[busy] > 0.0
    sl = needs[queues[1]].staffing.sl[busy]
    assert sl[is_own] == pytest.approx(expected.sl[busy][is_own])
    assert sl.min() >= 0.9 - 1e-9


def test_one_queue_of_a_pool_asked_for_alone_gets_the_same(queues):
    share(queues)
    forecast = make_forecast(queues, MONDAY)

    every = needs_of(forecast, queues)
    one = needs_of(forecast, queues[1:2])

    assert list(one) == [queues[1]]
    assert np.array_equal(
        one[queues[1]].staffing.required_agents,
        every[queues[1]].staffing.required_agents,
    )


def test_only_queues_of_one_channel_are_together_and_work_that_may_wait_is_alone(
    queues,
):
    chat = make_queue(queues[0].project, channel=Channel.CHAT)
    dialled = make_queue(queues[0].project, direction=Direction.OUTBOUND)
    share(queues)
    mail = make_queue(queues[0].project, channel=Channel.EMAIL)
    everyone = [*queues, chat, dialled, mail]
    groups = services.groups_of(everyone, queries.assumptions_of(everyone))

    assert groups == [[*queues, dialled], [chat], [mail]]


def test_the_page_names_the_company_and_a_form_asks_for_it(queues, sign_in_as):
    forecast = make_forecast(queues, MONDAY)
    db.session.commit()
    client = sign_in_as("planner")
    form = {
        "model": "erlang-a",
        "patience_s": "180",
        "max_occupancy": "90",
        "is_pooled": "y",
        **{f"{name}_share": "1" for name in ("leave", "meeting", "training")},
        "absence_share": "1",
    }

    saved = client.post(f"/projects/{queues[0].project_id}/assumptions", data=form)
    page = client.get(f"/forecasts/{forecast.id}/requirement?queue={queues[0].id}")

    assert saved.status_code == 303
    assert "Staffed together with" in page.text
    assert f"{queues[1].name}, {queues[2].name}" in page.text
