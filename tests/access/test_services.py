"""Users, roles, invitations, sign-in and the actors they become."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.access import queries, services
from callcenter.access.errors import (
    EmailTaken,
    InvitationSpent,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from callcenter.access.models import Role, ScopeKind
from callcenter.access.services import GrantWish
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, Actor, Scope, acting
from callcenter.kernel.db import db
from callcenter.kernel.errors import Conflict, Forbidden, Invalid
from tests.factories.access import make_user

STRONG = "seven purple herons disagree"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGENT = GrantWish("agent", None, ScopeKind.SELF)


def administrator():
    user = make_user("administrator")
    return services.build_actor(user)


class TestInvitation:
    def test_link_sets_the_password_once(self, app):
        with acting(administrator()):
            user, token = services.invite_user(
                email="New@Example.test ", name="New", grants=[AGENT]
            )

        services.accept_invitation(token, STRONG)

        assert user.email == "new@example.test"
        assert services.is_password(user, STRONG)
        with pytest.raises(InvitationSpent):
            services.accept_invitation(token, STRONG)

    def test_link_expires(self, app):
        with acting(administrator()):
            _user, token = services.invite_user(
                email="new@example.test", name="New", grants=[]
            )

        with (
            clock.frozen(clock.now() + timedelta(days=8)),
            pytest.raises(InvitationSpent),
        ):
            services.accept_invitation(token, STRONG)

    def test_a_new_link_ends_the_old_one(self, app):
        user = make_user()
        old = services.issue_link(user)

        services.issue_link(user)

        with pytest.raises(InvitationSpent):
            services.accept_invitation(old, STRONG)

    def test_address_is_taken_once(self, app):
        make_user(email="here@example.test")

        with acting(administrator()), pytest.raises(EmailTaken):
            services.invite_user(email="HERE@example.test", name="x", grants=[])


@pytest.mark.parametrize(
    "password", ["short", "password123", "callcenter2026", "user@example.test1"]
)
def test_weak_passwords_are_refused(app, password):
    with pytest.raises(WeakPassword):
        services.require_strong(password, about=("user@example.test", "User"))


class TestSignIn:
    def attempt(self, user, *, is_right):
        return services.sign_in(user.email, is_right=is_right, address="", device="")

    def test_failures_make_the_account_wait_longer_but_not_for_ever(self, app):
        user = make_user("agent")
        with clock.frozen(NOON):
            for _attempt in range(6):
                services.note_failure(user.email)
            with pytest.raises(TooManyAttempts):
                self.attempt(user, is_right=True)

        with clock.frozen(NOON + timedelta(minutes=16)):
            self.attempt(user, is_right=True)

        assert user.n_failures == 0

    def test_who_is_shut_out_stays_out(self, app):
        user = make_user("agent", is_enabled=False)

        with pytest.raises(WrongCredentials):
            self.attempt(user, is_right=True)

    def test_shutting_out_ends_every_session(self, app):
        user = make_user("agent")
        _session, token = self.attempt(user, is_right=True)

        with acting(administrator()):
            services.set_enabled(user, is_enabled=False)

        assert queries.find_session(token) is None

    def test_sessions_end_when_idle_and_for_good(self, app):
        user = make_user("agent")
        with clock.frozen(NOON):
            session, _token = self.attempt(user, is_right=True)

        def is_alive(after, **kind):
            return services.is_alive(session, NOON + after, **kind)

        assert is_alive(timedelta(hours=11), is_sensitive=False)
        assert not is_alive(timedelta(hours=11), is_sensitive=True)
        assert not is_alive(timedelta(hours=13), is_sensitive=False)
        session.seen_at = NOON + timedelta(days=7)
        assert not is_alive(timedelta(days=7, minutes=1), is_sensitive=False)


class TestActor:
    def test_scopes_of_one_permission_add_up(self, app):
        user = make_user("supervisor", scope_kind=ScopeKind.TEAM, scope_id=3)
        with acting(administrator()):
            services.add_grant(user, GrantWish("supervisor", None, ScopeKind.TEAM, 4))
        db.session.flush()

        actor = services.build_actor(user)

        assert actor.scope("people.view_employees") == Scope(team_ids=frozenset({3, 4}))

    def test_token_narrows_what_its_maker_may(self, app):
        user = make_user("administrator")

        actor = services.build_actor(user, only=["access.view_users"])

        assert set(actor.permissions) == {"access.view_users"}

    def test_permission_that_is_not_held_is_refused(self, app):
        actor = services.build_actor(make_user("agent"))

        with pytest.raises(Forbidden):
            actor.scope("access.manage_users")


class TestGrants:
    def test_nobody_gives_what_they_do_not_hold(self, app):
        user = make_user()
        manager = Actor(user_id=1, permissions={"access.manage_users": EVERYTHING})

        with acting(manager), pytest.raises(Forbidden):
            services.add_grant(
                user, GrantWish("administrator", None, ScopeKind.SITE, 1)
            )

    def test_nobody_opens_the_account_of_a_stronger_user(self, app):
        helper = make_user()
        role = Role(name="Helpers", permissions=["access.manage_users"])
        db.session.add(role)
        db.session.flush()
        with acting(administrator()):
            services.add_grant(helper, GrantWish(None, role.id, ScopeKind.EVERYTHING))
        db.session.commit()
        boss = make_user("administrator")

        with acting(services.build_actor(helper)), pytest.raises(Forbidden):
            services.renew_link(boss)

    def test_a_role_within_a_site_does_not_reach_users_and_the_trail(self, app):
        user = make_user("administrator", scope_kind=ScopeKind.SITE, scope_id=1)

        actor = services.build_actor(user)

        assert not actor.may("access.manage_users")
        assert not actor.may("access.view_audit")
        assert actor.may("access.use_own_account")

    def test_limited_scope_needs_its_name(self, app):
        with acting(administrator()), pytest.raises(Invalid):
            services.add_grant(make_user(), GrantWish("agent", None, ScopeKind.TEAM))

    def test_nobody_takes_administration_from_themselves(self, app):
        user = make_user("administrator")

        with acting(services.build_actor(user)), pytest.raises(Conflict):
            services.remove_grant(user, user.grants[0].id)

    def test_own_role_with_holders_stays(self, app):
        with acting(administrator()):
            role = services.save_role(
                None, name="Night", description="", permissions=["access.view_users"]
            )
            services.add_grant(
                make_user(), GrantWish(None, role.id, ScopeKind.EVERYTHING)
            )
            db.session.flush()

            with pytest.raises(Conflict):
                services.delete_role(role)

    def test_role_names_are_unique(self, app):
        db.session.add(Role(name="Night", permissions=[]))
        db.session.flush()

        with acting(administrator()), pytest.raises(Invalid):
            services.save_role(None, name="Night", description="", permissions=[])


def test_api_token_is_stored_as_digest_and_can_be_revoked(app):
    user = make_user("administrator")
    with acting(services.build_actor(user)):
        token, secret = services.issue_api_token(
            user, name="PBX", permissions=["access.view_users"], days=30
        )

    assert secret not in token.token_digest
    assert queries.find_api_token(secret) is token
    services.revoke_api_token(token)
    db.session.flush()
    assert queries.find_api_token(secret) is None
