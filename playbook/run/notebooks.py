"""The notebooks of a run: which there are, and what they take."""

from pathlib import Path

from playbook.errors import PlaybookError, Problem

SHIPPED = Path(__file__).parents[2] / "notebooks"
STAGES = (
    "01_goals_and_audience",
    "02_market_and_strategy",
    "03_content_and_materials",
    "04_channels_and_distribution",
    "05_monitoring_and_tracking",
    "06_analysis_and_iteration",
    "07_performance_appraisal",
)
REPORT = "report"
QUALITY = "data_quality"
"""Shows what stage 5 left, and is drawn without a kernel."""

EXTRA = ("ab_test",)
PARAMETERS = ("campaign", "period", "params_dir", "data_dir", "run_dir")
CELL_TIMEOUT = 600


def named(stage: str) -> str:
    """Return the notebook that a user means by '5', '05', 'monitoring' or its full name.

    Raises:
        PlaybookError: No notebook is meant, or more than one.
    """
    every = (*STAGES, *EXTRA)
    number = stage.zfill(2) if stage.isdigit() else stage
    found = [one for one in every if one == stage or one.startswith(f"{number}_")]
    found = found or [one for one in every if stage and stage in one]
    if len(found) != 1:
        raise PlaybookError(
            Problem(
                file="--stage",
                place="stage",
                value=stage,
                rule=f"is not one of {', '.join(every)}",
                remedy="Give a number from 1 to 7, or a name.",
            )
        )
    return found[0]
