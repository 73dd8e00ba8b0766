"""Erlang C and A at a number of agents and at the next one, from one evaluation.

The search wants the margin to the targets and how it changes with an agent. For Erlang
C both follow exactly from one loss probability by its recursion; for Erlang A the
waiting integrals are carried to the next number by their derivative.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.staffing.cells import Asked, Cells, margins, worst
from callcenter.engine.staffing.measures import (
    Floats,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
)
from callcenter.engine.staffing.quadrature import (
    Rule,
    log_inverse_b,
    log_lower_and_slope,
    next_log_inverse_b,
)


@dataclass(frozen=True)
class Question:
    """The model, how service is counted and which targets are asked."""

    model: Model
    definition: ServiceLevelDefinition
    asked: Asked


@dataclass(frozen=True)
class Answer:
    """Measures at the agents, the margin there, with one more and about with one less.

    The margin with one less is that of each target on the straight line through the
    other two, and the least of them.
    """

    measures: QueueMeasures
    margin: Floats
    next_margin: Floats
    less_margin: Floats

    def take(self, index: NDArray[np.intp]) -> "Answer":
        """The margins of some cells; the measures stay behind."""
        return Answer(
            self.measures,
            self.margin[index],
            self.next_margin[index],
            self.less_margin[index],
        )

    def put(self, index: NDArray[np.intp], renewed: "Answer") -> None:
        """Overwrite some cells in place, measures included."""
        self.margin[index] = renewed.margin
        self.next_margin[index] = renewed.next_margin
        self.less_margin[index] = renewed.less_margin
        for name, values in vars(renewed.measures).items():
            getattr(self.measures, name)[index] = values

    @classmethod
    def joined(cls, parts: "Sequence[Answer]") -> "Answer":
        """The answers of consecutive chunks as one."""
        measures = {
            name: np.concatenate([getattr(part.measures, name) for part in parts])
            for name in vars(parts[0].measures)
        }
        return cls(
            QueueMeasures(**measures),
            np.concatenate([part.margin for part in parts]),
            np.concatenate([part.next_margin for part in parts]),
            np.concatenate([part.less_margin for part in parts]),
        )


def evaluate(cells: Cells, agents: Floats, question: Question, rule: Rule) -> Answer:
    """Work out busy cells at whole numbers of agents.

    Parameters
    ----------
    cells : Cells, load > 0, of Erlang C with load < agents
    agents : ndarray of float, shape (n_cells,), whole numbers, >= 1
    question : Question
    rule : Rule, how exactly

    Returns
    -------
    Answer, each array of shape (n_cells,)

    Source: as `erlang_c_measures` and `erlang_a_measures`.
    """
    if question.model is Model.ERLANG_C:
        at, following = _evaluate_c(cells, agents, rule)
    else:
        at, following = _evaluate_a(cells, agents, question.definition, rule)
    here = margins(at, cells, question.asked)
    there = margins(following, cells, question.asked)
    back = [2.0 * one - other for one, other in zip(here, there, strict=True)]
    return Answer(at, worst(here, cells), worst(there, cells), worst(back, cells))


def _evaluate_c(
    cells: Cells, n: Floats, rule: Rule
) -> tuple[QueueMeasures, QueueMeasures]:
    inverse = log_inverse_b(cells.load, n, rule)
    following = next_log_inverse_b(inverse, cells.load, n)
    return _outcome_c(cells, n, inverse), _outcome_c(cells, n + 1.0, following)


def _outcome_c(cells: Cells, n: Floats, log_inverse: Floats) -> QueueMeasures:
    a = cells.load
    spare = n - a
    waiting = n / (n + spare * np.expm1(np.minimum(log_inverse, 600.0)))
    asa = waiting * cells.aht / spare
    return QueueMeasures(
        wait_probability=waiting,
        sl=1.0 - waiting * np.exp(-spare * cells.threshold / cells.aht),
        asa_s=asa,
        mean_wait_s=asa.copy(),
        occupancy=a / n,
        abandon_rate=np.zeros_like(a),
    )


@dataclass(frozen=True)
class _State:
    """What Erlang A's measures are made of; logarithms of the integrals."""

    n: Floats
    log_inverse_b: Floats  # of one agent less
    inner: Floats
    inner_slope: Floats
    late: Floats


def _evaluate_a(
    cells: Cells, n: Floats, definition: ServiceLevelDefinition, rule: Rule
) -> tuple[QueueMeasures, QueueMeasures]:
    each = cells.patience / cells.aht
    x, c = cells.load * each, n * each
    y = np.maximum(x * np.exp(-cells.threshold / cells.patience), 1e-290)
    inner, inner_slope = log_lower_and_slope(c + 1.0, x, rule)
    late, late_slope = log_lower_and_slope(c + 1.0, y, rule)
    inverse = log_inverse_b(cells.load, n - 1.0, rule)
    at = _State(n, inverse, inner, inner_slope, late)
    following = _State(
        n + 1.0,
        next_log_inverse_b(inverse, cells.load, n - 1.0),
        inner + each * inner_slope,
        inner_slope,
        late + each * late_slope,
    )
    return (
        _outcome_a(cells, x, y, at, definition),
        _outcome_a(cells, x, y, following, definition),
    )


def _outcome_a(
    cells: Cells, x: Floats, y: Floats, at: _State, definition: ServiceLevelDefinition
) -> QueueMeasures:
    """All measures, as `erlang._measures_a_of_busy` derives them."""
    each, u = cells.patience / cells.aht, cells.threshold / cells.patience
    c = at.n * each
    log_x = np.log(x)
    outer = _log1p_exp(log_x + at.inner) - np.log(c)
    ratio = log_x + outer - at.log_inverse_b
    log_found_busy = _log1p_exp(ratio)
    log_weight = log_x - at.log_inverse_b - log_found_busy
    waiting = np.exp(ratio - log_found_busy)
    served_late_at = np.exp(log_weight + at.inner)
    served = np.minimum(np.exp(-log_found_busy) + served_late_at, 1.0)
    abandoned = waiting * -np.expm1(np.minimum(at.inner - outer, 0.0))
    shift = log_weight - x * np.expm1(-u) - (c + 1.0) * u
    good = np.clip(served - np.exp(shift + at.late), 0.0, 1.0)
    if definition is ServiceLevelDefinition.ANSWERED:
        good = np.minimum(good / served, 1.0)
    elif definition is ServiceLevelDefinition.EXCLUDING_SHORT_ABANDONS:
        still = np.exp(shift + _log1p_exp(np.log(y) + at.late)) / c
        good = np.minimum(good / np.maximum(good + still, 1e-300), 1.0)
    return QueueMeasures(
        wait_probability=waiting,
        sl=good,
        asa_s=cells.patience * served_late_at * -at.inner_slope / served,
        mean_wait_s=abandoned * cells.patience,
        occupancy=np.minimum(cells.load * served / at.n, 1.0),
        abandon_rate=abandoned,
    )


def _log1p_exp(z: Floats) -> Floats:
    found: Floats = np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))
    return found
