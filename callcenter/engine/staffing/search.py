"""Search for the least whole number that is enough, for many cells at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.staffing.cells import Cells, most_agents
from callcenter.engine.staffing.evaluate import Answer, Question, evaluate
from callcenter.engine.staffing.measures import Floats, Model
from callcenter.engine.staffing.quadrature import EXACT, ROUGH

Indices = NDArray[np.intp]
Margin = Callable[[Floats, Indices], Floats]

_ROUNDS = 8
_FAR = 2.0  # a margin that no line through the next number explains
_SATURATED = 20.0  # a margin made of rounding
_SAMPLE = 512
_CHUNK = 8192  # cells worked on at once, so that they stay in the cache
_BISECT_AFTER = 6  # rounds, when interpolation has not closed the bracket


def least_agents(cells: Cells, question: Question) -> tuple[Floats, Answer]:
    """Find the least number of agents that meets the targets of each busy cell.

    Parameters
    ----------
    cells : Cells, load > 0, by rising load
    question : Question

    Returns
    -------
    tuple of agents, ndarray of float, shape (n_cells,), and the exact Answer there; NaN
    where even `most_agents` miss a target, with the Answer of those

    Newton's method on the nearly straight margin solves a sample roughly; a polynomial
    through the sample tells where to look for the rest. The exact margin decides, and
    one less is proved too few by its own margin wherever the straight line leaves a
    doubt.
    """
    most = most_agents(cells, cells.load)
    never = np.minimum(never_enough(cells, question.model), most - 1.0)
    agents = np.maximum(np.ceil(_roots(cells, question, never)), never + 1.0)
    agents = np.minimum(agents, most)
    answer = _evaluate_by_chunk(cells, agents, question)
    moving = np.arange(agents.size)
    for _ in range(_ROUNDS):
        to = _next_whole(agents[moving], answer.take(moving), never[moving])
        to = np.minimum(to, most[moving])
        moved = to != agents[moving]
        moving = moving[moved]
        if not moving.size:
            break
        agents[moving] = to[moved]
        _renew(answer, cells, agents, moving, question)
    doubtful = _doubtful(cells, agents, answer, never, question)
    if doubtful.size:
        limits = never[doubtful], most[doubtful]
        found = _settle(cells.take(doubtful), agents[doubtful], question, *limits)
        found = np.where(np.isnan(found), most[doubtful], found)
        moving = doubtful[found != agents[doubtful]]
        agents[doubtful] = found
        _renew(answer, cells, agents, moving, question)
    return np.where(answer.margin >= 0.0, agents, np.nan), answer


def _evaluate_by_chunk(cells: Cells, agents: Floats, question: Question) -> Answer:
    """`evaluate` exactly, on as many cells as stay in the processor's cache."""
    if agents.size <= _CHUNK:
        return evaluate(cells, agents, question, EXACT)
    parts = []
    for start in range(0, agents.size, _CHUNK):
        chunk = slice(start, start + _CHUNK)
        parts.append(evaluate(cells.take(chunk), agents[chunk], question, EXACT))
    return Answer.joined(parts)


def _roots(cells: Cells, question: Question, never: Floats) -> Floats:
    """Where the margin is about zero, a fraction of an agent."""
    n = cells.load.size
    if n < 4 * _SAMPLE:
        return _newton(cells, question, never)
    index = np.linspace(0, n - 1, _SAMPLE).astype(np.intp)
    sample = cells.take(index)
    found = _newton(sample, question, never[index])
    spare = (found - sample.load) / np.sqrt(sample.load)
    columns = _varying(cells)
    factors, *_ = np.linalg.lstsq(_powers(columns[:, index]), spare)
    roots = np.empty(n)
    for start in range(0, n, _CHUNK):
        chunk = slice(start, start + _CHUNK)
        load = cells.load[chunk]
        at = _powers(columns[:, chunk]) @ factors
        roots[chunk] = np.clip(load + at * np.sqrt(load), 0.0, 10.0 * load + 10.0)
    return roots


def _varying(cells: Cells) -> Floats:
    """The columns that differ between cells, each brought to about -1 to 1."""
    found = [np.log(cells.load)]
    for name in ("aht", "patience", "threshold", "sl_target", "max_occupancy"):
        values = getattr(cells, name)
        if (values != values[0]).any():
            found.append(np.log(values) if name in {"aht", "patience"} else values)
    columns = np.stack(found)
    low, high = columns.min(axis=1), columns.max(axis=1)
    half = np.maximum(0.5 * (high - low), 1e-12)
    scaled: Floats = (columns - 0.5 * (low + high)[:, None]) / half[:, None]
    return scaled


def _powers(columns: Floats) -> Floats:
    """Products of the columns up to the third or, of many columns, second degree."""
    degree = 4 if len(columns) <= 2 else 3 if len(columns) <= 3 else 2
    terms, last = [np.ones_like(columns[0])], [(0, np.ones_like(columns[0]))]
    for _ in range(degree):
        last = [
            (k, term * columns[k])
            for first, term in last
            for k in range(first, len(columns))
        ]
        terms += [term for _, term in last]
    return np.stack(terms, axis=1)


def _newton(cells: Cells, question: Question, never: Floats) -> Floats:
    """Roots by rough integrals, from the square-root rule."""
    at = np.maximum(_guess(cells), never + 1.0)
    roots = at.copy()
    active, part = np.arange(at.size), cells
    for _ in range(_ROUNDS):
        answer = evaluate(part, at[active], question, ROUGH)
        roots[active] = _root(at[active], answer)
        to = np.maximum(np.ceil(roots[active]), never[active] + 1.0)
        moved = to != at[active]
        at[active] = to
        active, part = active[moved], part.take(np.flatnonzero(moved))
        if not active.size:
            break
    return roots


def _root(n: Floats, answer: Answer) -> Floats:
    slope = np.maximum(answer.next_margin - answer.margin, 1e-6)
    return np.clip(n - answer.margin / slope, 0.5 * n - 2.0, 2.0 * n + 2.0)


def _next_whole(n: Floats, answer: Answer, never: Floats) -> Floats:
    """Where the exact margin points; it stays when it is enough and one less is not."""
    to = np.maximum(np.ceil(_root(n, answer)), never + 1.0)
    return np.where((answer.margin >= 0.0) & (to > n), n, to)


def _doubtful(
    cells: Cells, n: Floats, answer: Answer, never: Floats, question: Question
) -> Indices:
    """Cells where these are too few, or where one less may be enough."""
    slope = answer.margin - answer.less_margin
    curved = 0.15 + 0.5 / n  # at most 0.1 was ever seen
    if question.model is not Model.ERLANG_C:
        bent = cells.patience / (cells.aht * cells.load)
        curved = np.where(bent < 0.1, curved + 0.5 * bent, np.inf)
    if question.asked.is_mixed:
        curved = np.ones_like(n)  # the least of several margins may turn a corner
    is_near = answer.less_margin > -curved * np.maximum(slope, 1e-12)
    is_near |= (answer.margin > _FAR) | (answer.next_margin > _SATURATED)
    is_open = (answer.margin < 0.0) | (is_near & (n - 1.0 > never))
    return np.flatnonzero(is_open)


def _settle(
    cells: Cells, n: Floats, question: Question, never: Floats, most: Floats
) -> Floats:
    """Decide by exact margins, in steps that double, where the line leaves doubt."""

    def exact(at: Floats, index: Indices) -> Floats:
        return evaluate(cells.take(index), at, question, EXACT).margin

    guess = np.maximum(n - 1.0, never + 1.0)
    step = np.ones_like(n)
    return least_integer(exact, never=never, guess=guess, step=step, most=most)


def _renew(
    answer: Answer, cells: Cells, n: Floats, index: Indices, question: Question
) -> None:
    if index.size:
        renewed = _evaluate_by_chunk(cells.take(index), n[index], question)
        answer.put(index, renewed)


def never_enough(cells: Cells, model: Model) -> Floats:
    """The greatest number that certainly is too few: the search starts above it."""
    if model is not Model.ERLANG_C:
        return np.zeros_like(cells.load)
    for_occupancy = np.ceil(cells.load / cells.max_occupancy * (1.0 - 1e-12)) - 1.0
    return np.maximum(np.floor(cells.load), for_occupancy)


def _guess(cells: Cells) -> Floats:
    """Where to look first: the square-root rule, and fewer where callers may leave."""
    load, patience = cells.load, cells.patience
    root = np.ceil(load + 0.5 * np.sqrt(load))
    with np.errstate(invalid="ignore"):
        left = (cells.threshold - np.sqrt(patience * cells.aht / load)) / patience
    left = np.minimum(np.nan_to_num(left), 1.0 - np.maximum(cells.sl_target, 0.0))
    return np.where(left > 0.0, np.ceil(load * (1.0 - left)), root)


def least_integer(
    margin: Margin, *, never: Floats, guess: Floats, step: Floats, most: Floats
) -> Floats:
    """Find the least whole number at which a rising margin is not negative.

    Parameters
    ----------
    margin : callable, (values, index of the cells) -> margin of those cells
    never : ndarray of float, shape (n_cells,), whole numbers known to be too small
    guess : ndarray of float, shape (n_cells,), where to look first
    step : ndarray of float, shape (n_cells,), how far to look next, doubling
    most : ndarray of float, shape (n_cells,), whole numbers > never, the last tried

    Returns
    -------
    ndarray of float, shape (n_cells,), whole numbers; NaN where `most` is not enough

    The bracket is found by doubling steps and closed by interpolation, because margins
    are nearly straight; a cell leaves the work as soon as its bracket is one wide.
    """
    low, low_margin = never.copy(), np.full_like(never, np.nan)
    high, high_margin = np.full_like(never, np.inf), np.full_like(never, np.nan)
    at = np.minimum(np.maximum(guess, never + 1.0), most)
    step = np.maximum(1.0, np.round(step))
    open_cells = np.arange(never.size)
    n_rounds = 0
    while open_cells.size:
        n_rounds += 1
        found = margin(at[open_cells], open_cells)
        enough = found >= 0.0
        yes, no = open_cells[enough], open_cells[~enough]
        high[yes], high_margin[yes] = at[yes], found[enough]
        low[no], low_margin[no] = at[no], found[~enough]
        is_open = high[open_cells] - low[open_cells] > 1.0
        open_cells = open_cells[is_open & (low[open_cells] < most[open_cells])]
        to = _next(
            low[open_cells],
            high[open_cells],
            low_margin[open_cells],
            high_margin[open_cells],
            step[open_cells],
            bisect=n_rounds > _BISECT_AFTER and n_rounds % 2 == 0,
        )
        at[open_cells] = np.minimum(to, most[open_cells])
        step[open_cells] *= 2.0
    return np.where(np.isfinite(high), high, np.nan)


def _next(
    low: Floats,
    high: Floats,
    low_margin: Floats,
    high_margin: Floats,
    step: Floats,
    *,
    bisect: bool,
) -> Floats:
    with np.errstate(invalid="ignore"):
        share = low_margin / (low_margin - high_margin)
        inside = np.ceil(low + (high - low) * np.where(bisect, 0.5, share))
    up, down = low + step, np.maximum(high - step, low + 1.0)
    at = np.where(np.isinf(high), up, np.where(np.isnan(low_margin), down, inside))
    return np.clip(at, low + 1.0, np.where(np.isinf(high), np.inf, high - 1.0))
