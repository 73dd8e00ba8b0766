"""The pipeline: each move by the rules, two at once, many at once, and quickly."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import insert

from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db
from callcenter.recruiting import queries, services
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
from tests.factories.people import make_site
from tests.factories.recruiting import (
    make_application,
    make_candidate,
    make_requisition,
)

JSON = {"Accept": "application/json"}


@pytest.fixture
def site(app):
    with acting(SYSTEM):
        yield make_site()


@pytest.fixture
def wanted(site):
    return make_requisition(site, headcount=2)


def at(wanted, stage, **values):
    row = make_application(wanted, stage=stage, **values)
    return queries.get_application(row.id, EVERYTHING)


class TestPuttingForward:
    def test_begins_at_the_first_stage_with_its_deadline(self, site, wanted):
        person = make_candidate(site, is_in_pool=True)

        row = services.put_forward(person, wanted_whole(wanted))

        assert row.stage is StageKind.SCREENING
        assert row.due_at - clock.now() > timedelta(days=1, hours=23)
        assert not person.is_in_pool

    def test_happens_once(self, wanted):
        row = at(wanted, StageKind.SCREENING)

        with pytest.raises(AlreadyApplied):
            services.put_forward(row.candidate, wanted_whole(wanted))

    def test_needs_an_open_requisition(self, site, wanted):
        wanted.state = RequisitionState.CLOSED
        db.session.commit()

        with pytest.raises(MoveRefused):
            services.put_forward(make_candidate(site), wanted_whole(wanted))


def wanted_whole(wanted):
    return queries.get_requisition(wanted.id, EVERYTHING)


class TestMoving:
    def test_goes_on_by_one_stage_and_is_noted(self, wanted):
        row = at(wanted, StageKind.SCREENING)

        services.move_application(row, StageKind.FIRST_INTERVIEW)

        assert row.stage is StageKind.FIRST_INTERVIEW
        [entry] = queries.history_of_candidate(row.candidate_id)
        assert (entry.kind, entry.from_stage, entry.to_stage) == (
            HistoryKind.MOVED,
            StageKind.SCREENING,
            StageKind.FIRST_INTERVIEW,
        )

    def test_to_where_it_is_changes_nothing(self, wanted):
        row = at(wanted, StageKind.SCREENING)

        services.move_application(row, StageKind.SCREENING)

        assert queries.history_of_candidate(row.candidate_id) == []

    def test_goes_back_as_far_as_needed(self, wanted):
        row = at(wanted, StageKind.APPROVAL)

        services.move_application(row, StageKind.SCREENING)

        assert row.stage is StageKind.SCREENING

    def test_skips_no_stage_and_says_which_come_first(self, wanted):
        row = at(wanted, StageKind.SCREENING)

        with pytest.raises(MoveRefused) as refusal:
            services.move_application(row, StageKind.FINAL_INTERVIEW)

        assert "First interview, Skills test" in refusal.value.message

    def test_a_post_without_a_stage_passes_it_by(self, wanted):
        services.set_stages(
            wanted.post_id, {StageKind.SCREENING: 1, StageKind.CONTRACT: 2}
        )
        row = at(wanted, StageKind.SCREENING)

        services.move_application(row, StageKind.CONTRACT)

        with pytest.raises(MoveRefused):
            services.move_application(row, StageKind.SKILLS_TEST)

    def test_needs_the_consent(self, wanted, site):
        person = make_candidate(site, consent_at=None)
        row = at(wanted, StageKind.SCREENING, candidate=person)

        with pytest.raises(MoveRefused) as refusal:
            services.move_application(row, StageKind.FIRST_INTERVIEW)

        assert "consent" in refusal.value.message

    def test_offers_no_more_than_the_headcount(self, wanted):
        for stage in (StageKind.OFFER, StageKind.CLASS):
            at(wanted, stage)
        row = at(wanted, StageKind.APPROVAL)

        with pytest.raises(MoveRefused) as refusal:
            services.move_application(row, StageKind.OFFER)

        assert "All 2 places" in refusal.value.message
        assert row.stage is StageKind.APPROVAL

    def test_a_refused_offer_gives_its_place_back(self, wanted):
        rows = [at(wanted, StageKind.OFFER) for _ in range(2)]
        services.withdraw_application(rows[0])
        third = at(wanted, StageKind.APPROVAL)

        services.move_application(third, StageKind.OFFER)

        with pytest.raises(MoveRefused):
            services.reopen_application(rows[0])

    @pytest.mark.parametrize("missing", ["identity_digest", "phone_digest"])
    def test_a_contract_needs_phone_and_identity_number(self, site, wanted, missing):
        person = make_candidate(site, **{missing: None})
        row = at(wanted, StageKind.OFFER, candidate=person)

        with pytest.raises(MoveRefused):
            services.move_application(row, StageKind.CONTRACT)

    def test_of_two_who_move_at_once_the_second_is_told(self, wanted):
        row = at(wanted, StageKind.SCREENING)
        services.move_application(
            row, StageKind.FIRST_INTERVIEW, seen=StageKind.SCREENING
        )

        with pytest.raises(MovedMeanwhile) as refusal:
            services.move_application(
                row, StageKind.SKILLS_TEST, seen=StageKind.SCREENING
            )

        assert "First interview" in refusal.value.message

    def test_what_has_ended_does_not_move(self, wanted):
        row = at(wanted, StageKind.SCREENING, state=ApplicationState.REFUSED)

        with pytest.raises(MoveRefused):
            services.move_application(row, StageKind.FIRST_INTERVIEW)


class TestEnding:
    def test_keeps_the_reason_and_the_stage(self, wanted):
        row = at(wanted, StageKind.SKILLS_TEST)

        services.refuse_application(
            row, reason=RefusalReason.TYPING, words="31 a minute", into_pool=True
        )

        assert (row.state, row.stage) == (
            ApplicationState.REFUSED,
            StageKind.SKILLS_TEST,
        )
        assert row.candidate.is_in_pool

    def test_another_reason_is_said(self, wanted):
        row = at(wanted, StageKind.SCREENING)

        with pytest.raises(MoveRefused):
            services.refuse_application(
                row, reason=RefusalReason.OTHER, into_pool=False
            )

    def test_is_taken_up_again(self, wanted):
        row = at(wanted, StageKind.SCREENING)
        services.withdraw_application(row)

        services.reopen_application(row)

        assert row.state is ApplicationState.ACTIVE
        assert row.ended_at is None

    def test_happens_once(self, wanted):
        row = at(wanted, StageKind.SCREENING)
        services.withdraw_application(row)

        with pytest.raises(MoveRefused):
            services.withdraw_application(row)


class TestBoard:
    def test_a_drag_is_answered_in_a_word(self, sign_in_as, wanted):
        row = at(wanted, StageKind.SCREENING)
        client = sign_in_as("recruiter")
        address = f"/recruiting/applications/{row.id}/move"
        move = {"stage": "first_interview", "seen": "screening"}

        first = client.post(address, data=move, headers=JSON)
        stale = client.post(
            address, data={"stage": "skills_test", "seen": "screening"}, headers=JSON
        )
        skipping = client.post(address, data={"stage": "offer"}, headers=JSON)
        nonsense = client.post(address, data={"stage": "nowhere"}, headers=JSON)

        assert first.json["stage"] == "first_interview"
        assert stale.status_code == 409
        assert "Somebody else moved" in stale.json["detail"]
        assert skipping.status_code == 409
        assert nonsense.status_code == 404

    def test_the_same_drag_twice_moves_once(self, sign_in_as, wanted):
        row = at(wanted, StageKind.SCREENING)
        client = sign_in_as("recruiter")
        data = {"stage": "first_interview", "seen": "screening"}

        codes = [
            client.post(
                f"/recruiting/applications/{row.id}/move", data=data, headers=JSON
            ).status_code
            for _ in range(2)
        ]

        assert codes == [200, 200]
        assert len(queries.history_of_candidate(row.candidate_id)) == 1

    def test_works_without_scripts_and_offers_to_undo(self, sign_in_as, wanted):
        row = at(wanted, StageKind.SCREENING)
        client = sign_in_as("recruiter")

        answer = client.post(
            f"/recruiting/applications/{row.id}/move",
            data={"stage": "first_interview"},
        )
        page = client.get(answer.location).text

        assert "stage=screening" in page
        assert "First interview" in page

    def test_managers_look_on(self, sign_in_as, wanted):
        row = at(wanted, StageKind.SCREENING)
        client = sign_in_as("operations_manager")

        page = client.get("/recruiting/pipeline").text
        moved = client.post(
            f"/recruiting/applications/{row.id}/move", data={"stage": "offer"}
        )

        assert row.candidate.name in page
        assert "data-may-move" not in page
        assert moved.status_code == 403

    def test_another_sites_candidates_are_not_there(self, sign_in_as, wanted):
        row = at(wanted, StageKind.SCREENING)
        elsewhere = sign_in_as(
            "recruiter", scope_kind=ScopeKind.SITE, scope_id=make_site().id
        )

        moved = elsewhere.post(
            f"/recruiting/applications/{row.id}/move",
            data={"stage": "first_interview"},
        )

        assert moved.status_code == 404
        assert row.candidate.name not in elsewhere.get("/recruiting/pipeline").text
        address = f"/recruiting/pipeline?requisition={wanted.id}"
        assert elsewhere.get(address).status_code == 404

    def test_many_move_at_once_each_by_its_own_rules(self, sign_in_as, wanted):
        moving = [at(wanted, StageKind.SCREENING) for _ in range(3)]
        late = at(wanted, StageKind.OFFER)
        client = sign_in_as("recruiter")

        answer = client.post(
            "/recruiting/applications/bulk",
            data={
                "id": [*(row.id for row in moving), late.id, "999999", "x"],
                "stage": "skills_test",
            },
        )
        page = client.get(answer.location).text

        assert "Done for one candidate" in page
        assert "First comes: First interview" in page

    def test_many_end_at_once_for_a_reason(self, sign_in_as, wanted):
        rows = [at(wanted, StageKind.SCREENING) for _ in range(3)]

        sign_in_as("recruiter").post(
            "/recruiting/applications/bulk",
            data={"id": [row.id for row in rows], "reason": "filled"},
        )

        db.session.expire_all()
        reasons = {row.refusal_reason for row in db.session.query(Application)}
        assert reasons == {RefusalReason.FILLED}

    def test_the_overdue_are_on_the_first_page(self, sign_in_as, wanted):
        row = at(wanted, StageKind.SCREENING, due_at=clock.now() - timedelta(days=2))

        home = sign_in_as("recruiter").get("/").text

        assert "Candidates who wait for us" in home
        assert row.candidate.name in home


@pytest.fixture
def many(site):
    """5,000 candidates on their way to three requisitions."""
    wanted = [make_requisition(site, headcount=900) for _ in range(3)]
    fill(site, [each.id for each in wanted], 5000)
    return wanted


def fill(site, requisition_ids, n):
    now = clock.now()
    people = [
        {
            "name": f"Candidate {i}",
            "name_sort": f"candidate {i}",
            "name_key": f"candidate{i}",
            "phone_digest": f"phone {i}",
            "site_id": site.id,
            "skills": "",
            "consent_at": now,
        }
        for i in range(n)
    ]
    ids = db.session.scalars(
        insert(Candidate).returning(Candidate.id, sort_by_parameter_order=True), people
    ).all()
    stages = list(StageKind)
    db.session.execute(
        insert(Application),
        [
            {
                "candidate_id": ids[i],
                "requisition_id": requisition_ids[i % len(requisition_ids)],
                "stage": stages[(i * 7) % 8],
                "due_at": now + timedelta(hours=i % 90 - 30),
            }
            for i in range(n)
        ],
    )
    db.session.commit()


class TestFiveThousandCandidates:
    @pytest.mark.parametrize(
        ("address", "most"),
        [
            ("/recruiting/pipeline", 12),
            ("/recruiting/applications", 8),
            ("/recruiting/candidates", 8),
        ],
    )
    def test_cost_few_statements(self, sign_in_as, many, count_queries, address, most):
        client = sign_in_as("recruiter")
        client.get(address)
        count_queries()

        answer = client.get(address)

        assert answer.status_code == 200
        assert count_queries() <= most

    def test_the_board_counts_all_and_shows_those_who_wait_longest(
        self, sign_in_as, many
    ):
        page = sign_in_as("recruiter").get("/recruiting/pipeline").text

        assert page.count('class="pipeline-card') == 8 * (150 // 8)
        assert page.count('<span class="count" data-count>625</span>') == 8

    def test_the_board_is_quick(self, sign_in_as, many):
        client = sign_in_as("recruiter")
        client.get("/recruiting/pipeline")

        spent = []
        for _ in range(7):
            began = time.process_time()
            client.get("/recruiting/pipeline")
            spent.append(time.process_time() - began)

        # 60 ms is the target, measured by benchmarks/recruiting.py on a quiet machine.
        assert min(spent) < 0.09


def test_requisitions_show_how_far_their_candidates_are(sign_in_as, wanted):
    at(wanted, StageKind.OFFER)

    page = sign_in_as("recruiter").get(f"/recruiting/requisitions/{wanted.id}").text

    assert "1 of 2 places are promised" in page
    assert db.session.query(Requisition).count() == 1
