"""What cannot be known of a file is asked, and nothing else."""

from pathlib import Path

from playbook.sources.imports import questions
from playbook.sources.imports.pairing import Pairs, paired, tables_by_weight
from playbook.sources.imports.sampled import Sampled, sampled


def of(folder: Path, text: str) -> Sampled:
    file = folder / "any.csv"
    file.write_text(text, encoding="utf-8")
    return sampled(file)


def orders(table: Sampled) -> Pairs:
    return paired(table, "orders", "USD")


def test_a_file_whose_needs_are_met_asks_nothing(tmp_path: Path) -> None:
    table = of(tmp_path, "Date,Campaign,Impressions,Clicks,Spend\n2026-09-01,A,10,1,5.5\n")
    assert questions.questions(table, tables_by_weight(table, "USD"), "USD") == {}


def test_days_that_only_one_order_can_read_are_not_asked_for(tmp_path: Path) -> None:
    table = of(tmp_path, "Date,Campaign,Impressions,Spend\n09/14/2026,A,10,5\n09/01/2026,A,1,5\n")
    assert "day_first" not in questions.questions(table, tables_by_weight(table), "USD")


def test_states_that_are_paid_count(tmp_path: Path) -> None:
    head = "Order ID,Customer ID,Paid at,Total,Fulfillment Status,Financial Status\n"
    table = of(
        tmp_path,
        f"{head}1,c,2026-09-01,5,fulfilled,paid\n2,c,,6,,pending\n"
        "3,c,2026-09-02,7,fulfilled,partially_refunded\n",
    )
    header = questions.status_header(table, orders(table))
    assert header == "Financial Status"
    assert questions.paid_states(table, header) == ("paid", "partially_refunded")


def test_lines_of_an_order_without_amounts_of_their_own_are_no_question(tmp_path: Path) -> None:
    head = "Order ID,Customer ID,Order date,Total\n"
    table = of(tmp_path, f"{head}1,c,2026-09-01,5\n1,c,2026-09-01,\n2,d,2026-09-01,7\n")
    assert questions.questions(table, tables_by_weight(table), "USD") == {}


def test_words_of_contacts_and_checks_are_put_in_those_of_the_table(tmp_path: Path) -> None:
    table = of(
        tmp_path,
        "user_id,timestamp,channel,event_type\nu,2026-09-01 10:00,s,page_view\n"
        "u,2026-09-01 10:00,s,purchase\nu,2026-09-01 10:00,s,click\n",
    )
    pairs = paired(table, "touchpoints")
    assert questions.codes(table, pairs, "kind") == {
        "page_view": "visit",
        "purchase": "conversion",
    }
