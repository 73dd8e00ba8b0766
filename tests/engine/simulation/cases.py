"""Small centers that tests vary."""

from pathlib import Path

import numpy as np

from callcenter.engine.simulation import (
    Center,
    ContactType,
    Duration,
    Group,
    Skill,
    simulate,
)

EXAMPLES = Path(__file__).parents[3] / "docs/engine/examples"


def calls(name="calls", **changes):
    plain = {"offered": 126.0, "service": Duration(mean_s=120.0)}
    return ContactType(name=name, **{**plain, **changes})


def team(name="team", *, of=("calls",), staff=12, **changes):
    skills = [each if isinstance(each, Skill) else Skill(of=each) for each in of]
    return Group(name=name, skills=skills, staff=staff, **changes)


def center(**changes):
    plain = {"n_intervals": 16, "interval_s": 1800.0}
    plain |= {"types": [calls()], "groups": [team()]}
    if "agents" in changes:
        plain["groups"] = []
    return Center(**{**plain, **changes})


def simulated(of, *, n_days=20, seed=1, **options):
    return simulate(of, n_days=n_days, rng=np.random.default_rng(seed), **options)


def mean_and_half_width(values):
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean(), half
