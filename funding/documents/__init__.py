"""What funding tables, letters and lists contain; nothing here writes."""

from funding.documents.columns import allocation_columns
from funding.documents.comparison import YearComparison, compare_years
from funding.documents.decisions import DecisionLine, decision_lines
from funding.documents.letters import letter_print
from funding.documents.rounds import RoundTable, round_table
from funding.documents.year import (
    AreaMoney,
    FundingTable,
    Group,
    Row,
    first_day,
    funding_print,
    funding_table,
)

__all__ = [
    "AreaMoney",
    "DecisionLine",
    "FundingTable",
    "Group",
    "RoundTable",
    "Row",
    "YearComparison",
    "allocation_columns",
    "compare_years",
    "decision_lines",
    "first_day",
    "funding_print",
    "funding_table",
    "letter_print",
    "round_table",
]
