"""The seven stages and the ad hoc tests: tables and parameters in, tables and findings out.

No stage reads a file, draws anything, or imports another stage.
"""

from dataclasses import dataclass

PROPOSAL = "next_params.yml"
"""The next month's parameters as the analysis proposes them, in the folder of a run."""

DAYS = ("channel_daily",)
POSTS = ("content_plan", "content_log")
EVERY_TABLE = (
    *DAYS,
    *POSTS,
    "audience",
    "competitors",
    "experiment_units",
    "market_series",
    "orders",
    "ratings",
    "site_checks",
    "staff",
    "touchpoints",
    "claims",
    "flags",
    "losses",
    "quality",
    "rejects",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of the workflow: the same list serves runs, notebooks, pages and messages.

    What a stage reads stands here and nowhere else: it is given that and no more, and runs again
    when that has changed.

    Attributes:
        id: Name of its folder below `stages/` and of its messages.
        notebook: Stem of its notebook, which is also the name of its folder in a run.
        tables: Canonical tables that it reads.
        parameters: Fields of the campaign's parameters that it reads, beside id and period.
        leaves: Files that it leaves in the run's folder, beside its tables, findings and notebook.
        monthly: It runs every month; one that does not is run when it is asked for.
        reads_proposal: It depends on what the analysis of the period before proposed.
        reads_looks: It depends on when earlier periods were run: each was a look at running tests.
        reads_scorecards: It depends on the scorecards of the workspace.
    """

    id: str
    notebook: str
    tables: tuple[str, ...]
    parameters: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    monthly: bool = True
    reads_proposal: bool = False
    reads_looks: bool = False
    reads_scorecards: bool = False

    @property
    def waits(self) -> bool:
        """Whether it must wait for the period before."""
        return self.reads_proposal or self.reads_looks


GOALS = Stage(
    id="goals",
    notebook="01_goals_and_audience",
    tables=(*DAYS, *POSTS, "audience", "orders", "site_checks"),
    parameters=("budget", "business", "content", "goals", "monitoring", "team"),
    reads_proposal=True,
)
MARKET = Stage(
    id="market",
    notebook="02_market_and_strategy",
    tables=(*DAYS, "competitors", "market_series"),
    parameters=("brand", "budget", "business", "channels"),
)
CONTENT = Stage(
    id="content",
    notebook="03_content_and_materials",
    tables=POSTS,
    parameters=("channels", "content"),
)
CHANNELS = Stage(
    id="channels",
    notebook="04_channels_and_distribution",
    tables=(*DAYS, "touchpoints"),
    parameters=("business", "channels", "timezone"),
)
MONITORING = Stage(
    id="monitoring",
    notebook="05_monitoring_and_tracking",
    tables=EVERY_TABLE,
    parameters=("budget", "business", "content", "goals", "monitoring", "timezone"),
)
ANALYSIS = Stage(
    id="analysis",
    notebook="06_analysis_and_iteration",
    tables=(*DAYS, *POSTS, "experiment_units", "orders", "site_checks"),
    parameters=(
        "budget",
        "business",
        "channels",
        "content",
        "experiments",
        "goals",
        "monitoring",
        "registered",
        "timezone",
    ),
    leaves=(PROPOSAL,),
    reads_looks=True,
)
APPRAISAL = Stage(
    id="appraisal",
    notebook="07_performance_appraisal",
    tables=(*DAYS, *POSTS, "orders", "ratings", "site_checks", "staff"),
    parameters=("budget", "business", "content", "goals", "monitoring", "team"),
    reads_scorecards=True,
)
EXPERIMENTS = Stage(
    id="experiments",
    notebook="ab_test",
    tables=("experiment_units",),
    parameters=("experiments", "registered", "timezone"),
    monthly=False,
    reads_looks=True,
)

STAGES = (GOALS, MARKET, CONTENT, CHANNELS, MONITORING, ANALYSIS, APPRAISAL, EXPERIMENTS)
MONTHLY = tuple(stage for stage in STAGES if stage.monthly)


def stage_of(notebook: str) -> Stage:
    """Return the stage whose notebook bears a name.

    Raises:
        KeyError: No stage has such a notebook.
    """
    for stage in STAGES:
        if stage.notebook == notebook:
            return stage
    raise KeyError(f"no stage has a notebook {notebook!r}")
