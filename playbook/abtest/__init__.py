"""A/B tests: from a plan and user-level data to a decision that one can defend."""

from playbook.abtest.decision.ad_hoc import AdHoc, quick_plan
from playbook.abtest.decision.checks import Check
from playbook.abtest.decision.evaluation import Evaluation, evaluate
from playbook.abtest.decision.portfolio import portfolio
from playbook.abtest.decision.tables import as_dict
from playbook.abtest.stats.effects import Effect, Summary, compare_means, compare_rates
from playbook.abtest.stats.equivalence import equivalence, noninferiority
from playbook.abtest.stats.moments import Moments, merge
from playbook.abtest.stats.multiplicity import adjust
from playbook.abtest.stats.power import detectable_lift, sample_size
from playbook.abtest.stats.sample_ratio import SampleRatio, srm
from playbook.abtest.stats.sequential import boundaries, confidence_sequence, peeking_cost
from playbook.abtest.units.aggregate import collect
from playbook.abtest.units.quantiles import compare_quantiles

__all__ = [
    "AdHoc",
    "Check",
    "Effect",
    "Evaluation",
    "Moments",
    "SampleRatio",
    "Summary",
    "adjust",
    "as_dict",
    "boundaries",
    "collect",
    "compare_means",
    "compare_quantiles",
    "compare_rates",
    "confidence_sequence",
    "detectable_lift",
    "equivalence",
    "evaluate",
    "merge",
    "noninferiority",
    "peeking_cost",
    "portfolio",
    "quick_plan",
    "sample_size",
    "srm",
]
