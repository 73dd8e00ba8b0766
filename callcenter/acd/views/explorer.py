"""The explorer's address read into a question, and the answer laid out as a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from callcenter.acd import queries
from callcenter.acd.errors import BadQuestion
from callcenter.acd.metrics import Better, Dimension, Metric, Unit
from callcenter.acd.queries import Answer, Grain, Question
from callcenter.acd.views.drill import drill_url, when
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.text import _, _l
from callcenter.people.permissions import Permission as PeoplePermission
from callcenter.projects.models import Channel
from callcenter.web.charts import Chart, Series, bar_chart, line_chart
from callcenter.web.filters import zone_of
from callcenter.web.tables.columns import Column

DEFAULT_METRICS = ("offered", "sl_offered", "abandon_rate", "aht_s")
MAX_METRICS = 12
MAX_FINE_DAYS = 31
MAX_DAYS = 800
MAX_LINES = 6
STYLES = {
    Unit.COUNT: "number",
    Unit.SHARE: "percent",
    Unit.SECONDS: "clock",
    Unit.HOURS: "hours",
    Unit.RATE: "number",
}
DIMENSION_NAMES: Mapping[Dimension, object] = {
    Dimension.CLIENT: _l("Client"),
    Dimension.PROJECT: _l("Project"),
    Dimension.QUEUE: _l("Queue"),
    Dimension.CHANNEL: _l("Channel"),
    Dimension.SITE: _l("Site"),
    Dimension.TEAM: _l("Team"),
    Dimension.AGENT: _l("Agent"),
}
GRAIN_NAMES: Mapping[Grain, object] = {
    Grain.TOTAL: _l("Whole period"),
    Grain.MONTH: _l("Month"),
    Grain.WEEK: _l("Week"),
    Grain.DAY: _l("Day"),
    Grain.HOUR: _l("Hour"),
    Grain.INTERVAL: _l("Quarter-hour"),
}
CHANNEL_NAMES: Mapping[str, object] = {
    Channel.VOICE: _l("Voice"),
    Channel.CHAT: _l("Chat"),
    Channel.EMAIL: _l("E-mail"),
    Channel.BACK_OFFICE: _l("Back office"),
}
PREVIOUS, LAST_YEAR = "previous", "last_year"
COMPARISON_NAMES: Mapping[str, object] = {
    PREVIOUS: _l("Period before"),
    LAST_YEAR: _l("Last year"),
}
Arguments = MultiDict[str, str]


def dimensions() -> list[Dimension]:
    """What the reader may tell figures apart by; agents only by who may see people."""
    may_name = current_actor().may(PeoplePermission.VIEW_EMPLOYEES)
    return [each for each in Dimension if may_name or each is not Dimension.AGENT]


def read_question(arguments: Arguments, *, latest: date, scope: Scope) -> Question:
    """The question that an address asks; what it leaves open is the last four weeks.

    Raises `UnknownMetric` and `BadQuestion`.
    """
    last = _day(arguments.get("to")) or latest
    first = _day(arguments.get("from")) or last - timedelta(days=27)
    first, last = min(first, last), max(first, last)
    grain = _one_of(Grain, arguments.get("grain")) or Grain.DAY
    n_days = (last - first).days + 1
    if grain.is_fine and n_days > MAX_FINE_DAYS:
        raise BadQuestion(
            _("Hours and quarters are shown for at most %(n)s days.", n=MAX_FINE_DAYS)
        )
    if n_days > MAX_DAYS:
        raise BadQuestion(_("At most %(n)s days are shown at once.", n=MAX_DAYS))
    codes = list(dict.fromkeys(arguments.getlist("metric"))) or DEFAULT_METRICS
    by = _one_of(Dimension, arguments.get("by"))
    return Question(
        metrics=[queries.get_metric(code) for code in codes[:MAX_METRICS]],
        first=first,
        last=last,
        by=by if by in dimensions() else None,
        grain=grain,
        filters=read_filters(arguments),
        zone=zone_of(),
        scope=scope,
    )


def read_filters(arguments: Arguments) -> dict[Dimension, frozenset[Any]]:
    """The values to which each dimension is narrowed; nonsense finds nothing."""
    filters: dict[Dimension, frozenset[Any]] = {}
    for dimension in dimensions():
        given = [text for text in arguments.getlist(dimension.value) if text]
        if not given:
            continue
        if dimension is Dimension.CHANNEL:
            known = {each.value for each in Channel}
            filters[dimension] = frozenset(Channel(t) for t in given if t in known)
        else:
            filters[dimension] = frozenset(int(t) for t in given if t.isdecimal())
    return filters


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _one_of(kind: Any, text: str | None) -> Any:
    return kind(text) if text in {each.value for each in kind} else None


def earlier(question: Question, comparison: str) -> Question:
    """The question with which it is compared.

    The period before is as long; last year begins on the same weekday 52 weeks ago,
    for months and totals on the same date.
    """
    first, last = question.first, question.last
    if comparison == PREVIOUS:
        length = last - first + timedelta(days=1)
        return question.shifted(first - length, last - length)
    if question.grain in {Grain.MONTH, Grain.TOTAL}:
        return question.shifted(_year_before(first), _year_before(last))
    weeks = timedelta(weeks=52)
    return question.shifted(first - weeks, last - weeks)


def _year_before(when: date) -> date:
    try:
        return when.replace(year=when.year - 1)
    except ValueError:
        return when.replace(year=when.year - 1, day=28)


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure then, and whether the present one is better."""

    then: float | None
    change: float | None
    tone: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a row, with what it is compared with."""

    metric: Metric
    value: float | None
    compared: Sequence[Compared] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: what it is about, its figures, and what it is made of."""

    key: Any
    at: Any
    name: str
    when: str
    figures: Sequence[Figure]
    url: str | None


@dataclass(slots=True)
class Explorer:
    """The answer and its comparisons, laid out."""

    question: Question
    answer: Answer
    comparisons: Mapping[str, Answer] = field(default_factory=dict)
    names: Mapping[Any, str] = field(default_factory=dict)

    @property
    def n_lines(self) -> int:
        """How many rows there are."""
        return len(self.answer.cells)

    def lines(self, limit: int | None = None) -> list[Line]:
        """The rows, by name and then by time; only the first few when limited."""
        cells = [(key, at) for key, at in self.answer.cells]
        cells.sort(key=lambda cell: (self.name_of(cell[0]), _sortable(cell[1])))
        return [self._line(key, at) for key, at in cells[:limit]]

    def name_of(self, key: Any) -> str:
        """What a value of the dimension is called."""
        if self.question.by is None:
            return str(_("All"))
        if self.question.by is Dimension.CHANNEL:
            return str(CHANNEL_NAMES.get(key, key))
        return self.names.get(key) or str(_("None"))

    def _line(self, key: Any, at: Any) -> Line:
        figures = [self._figure(metric, key, at) for metric in self._metrics]
        return Line(
            key,
            at,
            self.name_of(key),
            when(self.question, at),
            figures,
            drill_url(self.question, key, at),
        )

    @property
    def _metrics(self) -> Sequence[Metric]:
        return self.question.metrics

    def _figure(self, metric: Metric, key: Any, at: Any) -> Figure:
        value = self.answer.value(metric, key, at)
        compared = []
        for name, other in self.comparisons.items():
            bucket = self._counterpart(name, at)
            then = other.value(metric, key, bucket)
            change = None if value is None or then is None else value - then
            compared.append(Compared(then, change, tone(metric, change)))
        return Figure(metric, value, compared)

    def _counterpart(self, comparison: str, at: Any) -> Any:
        """The bucket of the other period that stands where this one does."""
        if at is None:
            return None
        shifted = earlier(self.question, comparison)
        if self.question.grain is Grain.MONTH and isinstance(at, date):
            months = (self.question.first.year - shifted.first.year) * 12
            months += self.question.first.month - shifted.first.month
            number = at.year * 12 + at.month - 1 - months
            return date(number // 12, number % 12 + 1, 1)
        distance = self.question.first - shifted.first
        if self.question.grain is Grain.WEEK:
            distance = timedelta(weeks=round(distance.days / 7))
        return at - distance

    def columns(self) -> list[Column]:
        """The same rows as an export wants them."""
        columns = []
        if self.question.by is not None:
            title = DIMENSION_NAMES[self.question.by]
            columns.append(Column("name", title, value=lambda line: line.name))
        if self.question.grain is not Grain.TOTAL:
            title = GRAIN_NAMES[self.question.grain]
            columns.append(Column("at", title, value=lambda line: line.at))
        for place, metric in enumerate(self._metrics):
            style = STYLES[metric.unit] if metric.unit is Unit.SHARE else None
            columns.append(
                Column(
                    metric.code,
                    metric.name,
                    value=_value_of(place),
                    style=style,
                )
            )
            columns += self._compared_columns(place, metric, style)
        return columns

    def _compared_columns(
        self, place: int, metric: Metric, style: str | None
    ) -> list[Column]:
        return [
            Column(
                f"{metric.code}_{comparison}",
                f"{metric.name} – {COMPARISON_NAMES[comparison]}",
                value=_then_of(place, n),
                style=style,
            )
            for n, comparison in enumerate(self.comparisons)
        ]

    def chart(self) -> Chart | None:
        """The first metric over time or by dimension, with what it is compared with."""
        metric = self._metrics[0]
        style = "percent" if metric.unit is Unit.SHARE else "number"
        title = str(metric.name)
        buckets = self.answer.buckets
        if not self.answer.cells or not self.answer.is_known(metric):
            return None
        if buckets == [None]:
            return self._bars(metric, style)
        labels = [when(self.question, at) for at in buckets]
        if self.question.by is not None:
            series = [
                Series(
                    self.name_of(key),
                    [_rounded(self.answer.value(metric, key, at)) for at in buckets],
                )
                for key in self._largest(MAX_LINES)
            ]
            return line_chart(title, labels, series, style=style)
        now = [_rounded(self.answer.value(metric, None, at)) for at in buckets]
        series = [Series(title, now)]
        for name, other in self.comparisons.items():
            then = [
                _rounded(other.value(metric, None, self._counterpart(name, at)))
                for at in buckets
            ]
            series.append(Series(str(COMPARISON_NAMES[name]), then, is_dashed=True))
        return line_chart(title, labels, series, style=style)

    def _bars(self, metric: Metric, style: str) -> Chart | None:
        if self.question.by is None:
            return None
        keys = self._largest(30)
        values = [_rounded(self.answer.value(metric, key, None)) for key in keys]
        labels = [self.name_of(key) for key in keys]
        return bar_chart(
            str(metric.name), labels, [Series(str(metric.name), values)], style=style
        )

    def _largest(self, n: int) -> list[Any]:
        """The keys with most in the first metric's numerator, for a readable chart."""
        metric = self._metrics[0]
        weight: dict[Any, float] = {}
        plan = self.answer.plans[metric.code]
        for (key, _at), sums in self.answer.cells.items():
            part = sum(sums.get((plan[name], name), 0) for name in metric.numerator)
            weight[key] = weight.get(key, 0) + part
        return sorted(weight, key=lambda key: -weight[key])[:n]


def _value_of(place: int) -> Callable[[Line], float | None]:
    return lambda line: line.figures[place].value


def _then_of(place: int, n: int) -> Callable[[Line], float | None]:
    return lambda line: line.figures[place].compared[n].then


def tone(metric: Metric, change: float | None) -> str:
    """Whether a change is good news."""
    if not change or metric.better is Better.NEUTRAL:
        return "neutral"
    is_good = (change > 0) == (metric.better is Better.HIGHER)
    return "success" if is_good else "danger"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _sortable(at: Any) -> str:
    return "" if at is None else at.isoformat()
