"""What an A/A test of one's own data says: one verdict, then what it rests on."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from playbook.abtest.decision.sentences import Text, same
from playbook.abtest.planning.aa import AaResult, Trial
from playbook.abtest.planning.words import say

Mark = Literal["good", "watch", "act"]
BARS = 20
BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, kw_only=True, slots=True)
class AaVerdict:
    """What to make of it.

    Attributes:
        mark: good (tests on this data can be believed), watch, or act.
        key: Of the verdict's text.
        text: The verdict in both languages.
    """

    mark: Mark
    key: str
    text: Text


def verdict(result: AaResult) -> AaVerdict:
    """Choose the verdict: the first that fits, the gravest first.

    Rows that are no units, false alarms otherwise too frequent, rows of one id that resemble each
    other, too few false alarms, unevenness, none of these.
    """
    plain = [trial for trial in result.trials if trial.way == "as_is"]
    loud = _in_state(plain, "too_many")
    if loud and any(trial.way == "summed" for trial in result.trials):
        return _verdict("act", "aa_rows", loud[0], unit=result.assigned_by, rows=result.rows)
    if loud:
        return _verdict("act", "aa_too_many", loud[0], alpha=result.alpha)
    together = _in_state([each for each in result.trials if each.way == "by_column"], "too_many")
    if together:
        return _verdict("watch", "aa_hidden", together[0], column=together[0].column)
    quiet = _in_state(plain, "too_few")
    if quiet:
        key = "aa_outliers" if quiet[0].metric in result.heavy else "aa_too_few"
        return _verdict("watch", key, quiet[0], alpha=result.alpha)
    for state in ("no_test", "uneven"):
        odd = _in_state(plain, state)
        if odd:
            return _verdict("watch", f"aa_{state}", odd[0])
    most = max(plain, key=lambda trial: abs(trial.found.alarms - result.alpha))
    return _verdict("good", "aa_even", most)


def remarks(result: AaResult) -> list[Text]:
    """Say what was read and split, which ids repeat, and which metrics hang on few units."""
    counts = {"rows": result.rows, "groups": result.groups, "splits": result.splits}
    by = same(result.assigned_by) if result.assigned_by else say("aa_each_row")
    told = [say("aa_read", by=by, **counts)]
    told += [
        say("aa_histogram", metric=name, bars=histogram(found))
        for name, found in result.pvalues.items()
    ]
    told += [
        say("aa_id", column=each.name, different=each.different, rows=each.rows)
        for each in result.ids
    ]
    told += [say("aa_heavy", metric=name, share=share) for name, share in result.heavy.items()]
    told += [
        say("aa_actual", column=result.variant, metric=name, p=_pvalue(p))
        for name, p in result.actual.items()
    ]
    return told


def histogram(pvalues: Sequence[float]) -> str:
    """Draw how many p-values lie in each twentieth from 0 to 1; even ones give even bars."""
    known = [p for p in pvalues if not math.isnan(p)]
    counts = np.histogram(known, bins=BARS, range=(0.0, 1.0))[0]
    heights = np.ceil(counts / max(1, counts.max()) * (len(BLOCKS) - 1)).astype(int)
    return "".join(BLOCKS[height] for height in heights)


def way_of(trial: Trial) -> Text:
    """Name how a trial was made."""
    return say(f"way_{trial.way}", column=trial.column)


def as_dict(result: AaResult) -> dict[str, Any]:
    """Return a result as plain data for JSON; what is not known is None."""
    chosen = verdict(result)
    content = asdict(result)
    content["verdict"] = {"mark": chosen.mark, "key": chosen.key, **chosen.text}
    cleaned: dict[str, Any] = _known(content)
    return cleaned


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _in_state(trials: list[Trial], state: str) -> list[Trial]:
    """Return the trials in a state, the farthest from what is expected first."""
    chosen = [trial for trial in trials if trial.found.state == state]
    return sorted(chosen, key=lambda trial: -trial.found.alarms)


def _verdict(mark: Mark, key: str, trial: Trial, **values: Any) -> AaVerdict:
    low, high = trial.found.alarms_interval
    text = say(
        key,
        metric=trial.metric,
        alarms=trial.found.alarms,
        low=low,
        high=high,
        ks=_pvalue(trial.found.ks_pvalue),
        **values,
    )
    return AaVerdict(mark=mark, key=key, text=text)


def _pvalue(p: float) -> str:
    if math.isnan(p):
        return "–"
    return f"{p:.2g}" if p >= 1e-4 else "<0.0001"
