"""The seven stages and the ad hoc tests: tables and parameters in, tables and findings out.

No stage reads a file, draws anything, or imports another stage.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of the workflow: the same list serves runs, notebooks, pages and messages.

    Attributes:
        id: Name of its folder below `stages/` and of its messages.
        notebook: Stem of its notebook, which is also the name of its folder in a run.
        monthly: It runs every month; one that does not is run when it is asked for.
        reads_proposal: It depends on what the analysis of the period before proposed.
        reads_scorecards: It depends on the scorecards of the workspace.
    """

    id: str
    notebook: str
    monthly: bool = True
    reads_proposal: bool = False
    reads_scorecards: bool = False


GOALS = Stage(id="goals", notebook="01_goals_and_audience", reads_proposal=True)
MARKET = Stage(id="market", notebook="02_market_and_strategy")
CONTENT = Stage(id="content", notebook="03_content_and_materials")
CHANNELS = Stage(id="channels", notebook="04_channels_and_distribution")
MONITORING = Stage(id="monitoring", notebook="05_monitoring_and_tracking")
ANALYSIS = Stage(id="analysis", notebook="06_analysis_and_iteration")
APPRAISAL = Stage(id="appraisal", notebook="07_performance_appraisal", reads_scorecards=True)
EXPERIMENTS = Stage(id="experiments", notebook="ab_test", monthly=False)

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
