"""Results on disk.

What a stage found, so that the report, the next period and people can read it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

from playbook.csvfile import write_csv
from playbook.errors import PlaybookError, Problem
from playbook.params import Campaign
from playbook.report.words import Words, action, sentence, words_for
from playbook.stages import ANALYSIS, PROPOSAL, stage_of
from playbook.stages.shared.result import Cell, Finding, StageResult


def save(result: StageResult, words: Words, run_dir: Path) -> None:
    """Write a stage's tables (Parquet and CSV), and its findings with their sentences.

    Args:
        result: What the stage returned.
        words: Currency and names for the sentences, which are written in both languages.
        run_dir: Folder of the run: tables/<stage>/, findings/<stage>.json.
    """
    for name, table in result.tables.items():
        file = run_dir / "tables" / result.stage / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(file, index=False)
        write_csv(table, file.with_suffix(".csv"))
    content = {
        "stage": result.stage,
        "findings": [_finding(finding, words, result) for finding in result.findings],
        "missing": result.missing,
        "proposal": result.proposal,
    }
    target = run_dir / "findings" / f"{result.stage}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8"
    )


def read(stage: str, run_dir: Path) -> StageResult | None:
    """Read back what `save` wrote; None where the stage has not run.

    Raises:
        PlaybookError: A file of the run was changed or removed since.
    """
    found = opened(stage, run_dir)
    return None if found is None else replace(found, tables=dict(found.tables))


def opened(stage: str, run_dir: Path) -> StageResult | None:
    """Read back what `save` wrote as `read` does, but each table when it is first asked for.

    Raises:
        PlaybookError: The findings cannot be read, or a table is gone that they need.
    """
    file = run_dir / "findings" / f"{stage}.json"
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise PlaybookError(_damaged(run_dir, stage, f"cannot be read ({error})")) from None
    tables = Stored(run_dir, stage)
    findings = tuple(map(_parsed, content["findings"]))
    gone = {cell.table for row in findings for cell in row.evidence.values()} - tables.keys()
    if gone:
        raise PlaybookError(
            *(
                _damaged(run_dir, f"{stage}/{table}", "is gone, and a finding needs it")
                for table in sorted(gone)
            )
        )
    return StageResult(
        stage=stage,
        tables=tables,
        findings=findings,
        missing=content["missing"],
        proposal=content["proposal"],
    )


def reword(notebook: str, campaign: Campaign, run_dir: Path) -> None:
    """Write the findings of a stage again, in the words that there are now.

    Raises:
        PlaybookError: A file of the run was changed or removed since.
    """
    result = read(notebook, run_dir)
    if result is not None:
        save(result, words_for(campaign, stage_of(notebook).id), run_dir)


class Stored(Mapping[str, pd.DataFrame]):
    """The tables that a stage left in a run, each read when it is first asked for.

    Of a whole run the report shows one table in four, and the next period one of an analysis.
    """

    def __init__(self, run_dir: Path, stage: str) -> None:
        self._run_dir, self._stage = run_dir, stage
        self._files = {
            file.stem: file for file in sorted((run_dir / "tables" / stage).glob("*.parquet"))
        }
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table.

        Raises:
            KeyError: The stage has no such table.
            PlaybookError: Its file was changed since.
        """
        if name not in self._read:
            self._read[name] = self._table(name, self._files[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a table, without reading it."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self._files)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._files)

    def _table(self, name: str, file: Path) -> pd.DataFrame:
        try:
            return pd.read_parquet(file)
        except (ValueError, OSError, pa.ArrowException) as error:
            place = f"{self._stage}/{name}"
            raise PlaybookError(
                _damaged(self._run_dir, place, f"cannot be read ({error})")
            ) from None


def _damaged(run_dir: Path, place: str, rule: str) -> Problem:
    return Problem(
        file=str(run_dir),
        place=place,
        rule=rule,
        remedy="Run the campaign and month again: playbook run … --force.",
    )


def previous(campaign: Campaign, run_dir: Path | str) -> StageResult:
    """Read the analysis of the period before, beside this run or published.

    Returns:
        Its result; one without tables and proposal where that period was not run.
    """
    near = Path(run_dir).parent
    results = [
        opened(ANALYSIS.notebook, near / place / str(campaign.month.previous))
        for place in (".", campaign.id)
    ]
    return next(filter(None, results), StageResult(stage=ANALYSIS.notebook, tables={}, findings=()))


def propose(period: str, month: Mapping[str, Any], run_dir: Path) -> None:
    """Write the next period's parameter file as it is proposed.

    Args:
        period: The next one, YYYY-MM.
        month: Its keys: all goals, budgets and tests, with what is proposed in its place; nothing
            is written of none.
        run_dir: Folder of the run.
    """
    if not month:
        return
    head = (
        f"# Proposed for {period}. Decide, change what you decide otherwise, and copy "
        f"this file to {period}.yml.\n"
    )
    text = yaml.safe_dump(
        dict(month), allow_unicode=True, sort_keys=False, default_flow_style=None, width=120
    )
    (run_dir / PROPOSAL).write_text(head + text, encoding="utf-8")


def _finding(finding: Finding, words: Words, result: StageResult) -> dict[str, Any]:
    both = [
        Words(language=one, currency=words.currency, names=words.names, stage=words.stage)
        for one in ("zh", "en")
    ]
    texts = {one.language: sentence(one, finding, result.tables) for one in both}
    todo = {one.language: action(one, finding, result.tables) for one in both if finding.action}
    return {"id": finding.id, "severity": finding.severity, "sentence": texts, "todo": todo} | {
        "template": asdict(finding)
    }


def _parsed(content: dict[str, Any]) -> Finding:
    template = dict(content["template"])
    evidence = {key: Cell(**cell) for key, cell in template.pop("evidence").items()}
    clauses = tuple(template.pop("clauses"))
    return Finding(**template, clauses=clauses, evidence=evidence)
