"""Textbook tests that an analyst asks for by name.

Thin over scipy and statsmodels, which load when called.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Sample = Sequence[float]
Table = Sequence[Sequence[int]]
Alternative = Literal["two-sided", "less", "greater"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Classic:
    """Result of a textbook test.

    Attributes:
        statistic: Of the test; NaN for an exact one.
        pvalue: Of the alternative asked for.
        df: Degrees of freedom; NaN where there are none.
        estimate: Effect in the test's own measure (odds ratio, rate ratio, difference); NaN where
            none.
        ci_lower: Lower end of its 95 % interval.
        ci_upper: Upper end.
        method: Name of the test.
    """

    statistic: float = math.nan
    pvalue: float
    df: float = math.nan
    estimate: float = math.nan
    ci_lower: float = math.nan
    ci_upper: float = math.nan
    method: str


def student_t(first: Sample, second: Sample) -> Classic:
    """Compare two means, assuming equal variances; `compare_means` does without."""
    from scipy import stats

    found = stats.ttest_ind(first, second)
    return Classic(
        statistic=float(found.statistic),
        pvalue=float(found.pvalue),
        df=float(found.df),
        method="Student t",
    )


def paired_t(first: Sample, second: Sample) -> Classic:
    """Compare two means of the same units."""
    from scipy import stats

    found = stats.ttest_rel(first, second)
    return Classic(
        statistic=float(found.statistic),
        pvalue=float(found.pvalue),
        df=float(found.df),
        method="paired t",
    )


def mann_whitney(first: Sample, second: Sample) -> Classic:
    """Compare two distributions by ranks; normal approximation with ties and continuity."""
    from scipy import stats

    found = stats.mannwhitneyu(first, second, method="asymptotic")
    return Classic(
        statistic=float(found.statistic), pvalue=float(found.pvalue), method="Mann-Whitney U"
    )


def chi_square(table: Table, *, correction: bool = False) -> Classic:
    """Test independence in a table of counts; `correction` is Yates's, for two by two."""
    from scipy import stats

    found = stats.chi2_contingency(np.asarray(table), correction=correction)
    return Classic(
        statistic=float(found.statistic),
        pvalue=float(found.pvalue),
        df=float(found.dof),
        method="chi-square",
    )


def fisher_exact(table: Table, alternative: Alternative = "two-sided") -> Classic:
    """Test a two-by-two table exactly; the estimate is the conditional odds ratio."""
    from scipy import stats

    counts = np.asarray(table)
    ratio = stats.contingency.odds_ratio(counts)
    interval = ratio.confidence_interval()
    return Classic(
        pvalue=float(stats.fisher_exact(counts, alternative=alternative).pvalue),
        estimate=float(ratio.statistic),
        ci_lower=float(interval.low),
        ci_upper=float(interval.high),
        method="Fisher exact",
    )


def barnard_exact(table: Table, alternative: Alternative = "two-sided") -> Classic:
    """Test a two-by-two table exactly without fixing both margins (pooled Wald statistic)."""
    from scipy import stats

    found = stats.barnard_exact(np.asarray(table), alternative=alternative, n=64)
    return Classic(
        statistic=float(found.statistic), pvalue=float(found.pvalue), method="Barnard exact"
    )


def stratified(tables: Sequence[Table], *, correction: bool = False) -> Classic:
    """Test a common odds ratio over strata (Cochran–Mantel–Haenszel).

    `correction` is that for continuity.
    """
    from statsmodels.stats.contingency_tables import StratifiedTable

    found = StratifiedTable([np.asarray(table, dtype=float) for table in tables])
    test, interval = found.test_null_odds(correction=correction), found.oddsratio_pooled_confint()
    return Classic(
        statistic=float(test.statistic),
        pvalue=float(test.pvalue),
        df=1,
        estimate=float(found.oddsratio_pooled),
        ci_lower=float(interval[0]),
        ci_upper=float(interval[1]),
        method="Cochran-Mantel-Haenszel",
    )


def poisson_ratio(first: tuple[int, float], second: tuple[int, float]) -> Classic:
    """Compare two event rates given as events and exposure.

    Exact, conditional on the sum of events.
    """
    from scipy import stats

    (events_1, exposure_1), (events_2, exposure_2) = first, second
    total = events_1 + events_2
    found = stats.binomtest(events_1, total, exposure_1 / (exposure_1 + exposure_2))
    interval = found.proportion_ci(method="exact")
    odds = [
        share / (1 - share) * exposure_2 / exposure_1 for share in (interval.low, interval.high)
    ]
    return Classic(
        pvalue=float(found.pvalue),
        estimate=(events_1 / exposure_1) / (events_2 / exposure_2),
        ci_lower=odds[0],
        ci_upper=odds[1],
        method="exact conditional rate ratio",
    )


def regression(
    outcome: Sample,
    treated: Sample,
    *,
    covariate: Sample | None = None,
    cluster: Sequence[int] | None = None,
    covariance: str = "HC2",
    interacted: bool = False,
) -> Classic:
    """Regress an outcome on the arm: ANCOVA, Lin's adjustment or cluster-robust errors.

    Args:
        outcome: One value a unit.
        treated: 1 for the treatment, 0 for the control.
        covariate: Known before the test.
        cluster: Group of each unit that was randomised together; errors are then CR1.
        covariance: statsmodels' name: nonrobust, HC1, HC2 or HC3.
        interacted: Whether the slope may differ between the arms, at the mean of the covariate (Lin
            2013).
    """
    from statsmodels.regression.linear_model import OLS

    arm = np.asarray(treated, dtype=float)
    columns = [np.ones_like(arm), arm]
    if covariate is not None:
        centred = np.asarray(covariate, dtype=float) - np.mean(covariate)
        columns += [centred, arm * centred] if interacted else [centred]
    grouped = {"cov_type": "cluster", "cov_kwds": {"groups": np.asarray(cluster)}}
    chosen = {"cov_type": covariance} if cluster is None else grouped
    found = OLS(np.asarray(outcome, dtype=float), np.column_stack(columns)).fit(**chosen)
    low, high = found.conf_int()[1]
    return Classic(
        statistic=float(found.tvalues[1]),
        pvalue=float(found.pvalues[1]),
        df=float(found.df_resid),
        estimate=float(found.params[1]),
        ci_lower=float(low),
        ci_upper=float(high),
        method=f"regression, {found.cov_type} errors",
    )
