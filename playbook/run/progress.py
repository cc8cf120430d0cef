"""What a person sees of a run: a live table of campaign and stage, and the summary at the end."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from playbook.errors import Problem
from playbook.run.batch import Step
from playbook.run.notebooks import MONTHLY_NOTEBOOKS, REPORT
from playbook.run.period import IMPORT, Outcome
from playbook.run.plan import Request

SIGNS = {"running": "▶", "done": "✓", "kept": "=", "failed": "✗", "": "·"}
STYLES = {"running": "cyan", "done": "green", "kept": "dim", "failed": "bold red", "": "dim"}

Key = tuple[str, str]


class Board:
    """The state of all runs: hears news, draws itself."""

    def __init__(self, requests: Sequence[Request]) -> None:
        """Begin with nothing done."""
        self._steps: dict[Key, dict[str, Step]] = {
            (request.campaign, request.period): {} for request in requests
        }
        self._outcomes: dict[Key, Outcome] = {}
        self._problems: list[Problem] = []

    @property
    def exit_code(self) -> int:
        """0 when all is published, 2 when parameters are at fault.

        1 when a run failed otherwise.
        """
        if any(outcome.bad_parameters for outcome in self._outcomes.values()):
            return 2
        failed = any(outcome.state == "failed" for outcome in self._outcomes.values())
        return int(failed or bool(self._problems))

    def hear(self, news: Step | Outcome | Problem) -> None:
        """Take in a step, an outcome, or what went wrong with no run in particular."""
        if isinstance(news, Problem):
            self._problems.append(news)
        elif isinstance(news, Outcome):
            self._outcomes[news.campaign, news.period] = news
        else:
            self._steps[news.campaign, news.period][news.step] = news

    def render(self) -> RenderableType:
        """Draw one row per run, one column per stage."""
        table = Table(box=None, pad_edge=False)
        extra = {step for steps in self._steps.values() for step in steps} - {
            IMPORT,
            *MONTHLY_NOTEBOOKS,
            REPORT,
        }
        shown = [IMPORT, *MONTHLY_NOTEBOOKS, *sorted(extra), REPORT]
        for head in (
            "campaign",
            "period",
            "import",
            *(notebook[:2] for notebook in MONTHLY_NOTEBOOKS),
            *sorted(extra),
            "report",
        ):
            table.add_column(head, justify="left" if head in ("campaign", "period") else "center")
        for key, steps in self._steps.items():
            table.add_row(*map(escape, key), *(self._sign(key, steps, step) for step in shown))
        return table

    def summary(self) -> RenderableType:
        """Draw one row per run: how it ended, and how long it took."""
        table = Table(pad_edge=False, header_style="bold")
        for head in ("campaign", "period", "result", "notebooks run", "seconds"):
            table.add_column(
                head, justify="right" if head in ("notebooks run", "seconds") else "left"
            )
        for outcome in self._outcomes.values():
            style = {"failed": "bold red", "unchanged": "dim", "published": "green"}[outcome.state]
            result = "nothing changed" if outcome.state == "unchanged" else outcome.state
            seconds = f"{outcome.seconds:.1f}"
            table.add_row(
                escape(outcome.campaign),
                outcome.period,
                Text(result, style=style),
                str(outcome.executed),
                seconds,
            )
        return table

    def places(self) -> Iterator[str]:
        """Yield where to look: the report of each run, or what a failed one has kept."""
        for outcome in self._outcomes.values():
            where = outcome.folder if outcome.state == "failed" else outcome.folder / "report.html"
            if where.exists():
                yield str(where)

    def problems(self) -> Iterator[str]:
        """Yield what went wrong, run by run."""
        for outcome in self._outcomes.values():
            for problem in outcome.problems:
                yield f"{outcome.campaign} {outcome.period}: {problem}"
        yield from map(str, self._problems)

    def _sign(self, key: Key, steps: dict[str, Step], step: str) -> Text:
        outcome = self._outcomes.get(key)
        state = ""
        if outcome and outcome.state == "unchanged":
            state = "kept"
        elif step in steps:
            state = steps[step].state
        return Text(SIGNS[state], style=STYLES[state])
