"""What the tables of stage 6 declare."""

from playbook.stages.analysis.tables import TABLES


def test_differences_and_effects_carry_a_sign_and_levels_do_not() -> None:
    own = {table.name: table for table in TABLES}
    signed = {
        (name, each.name)
        for name in ("actions", "budget_next", "causes", "effects", "plan", "targets_next")
        for each in own[name].columns
        if each.signed
    }
    of_effects = {
        (name, each) for name in ("causes", "effects") for each in ("effect", "low", "high")
    }
    of_plan = {("plan", each) for each in ("revenue_gap", "spend_effect", "return_effect")}
    of_budget = {("budget_next", "change"), ("budget_next", "effect"), ("actions", "effect")}
    assert signed == of_effects | of_plan | of_budget


def test_the_chart_of_causes_has_the_columns_of_their_table() -> None:
    own = {table.name: table for table in TABLES}
    assert own["top_causes"].columns == own["causes"].columns
