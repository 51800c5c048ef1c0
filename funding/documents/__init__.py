"""What funding tables, letters and lists contain; nothing here writes."""

from funding.documents.changes import Change, changes_of
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
    funding_print,
    funding_table,
    planned_rows,
    row_of,
)

__all__ = [
    "AreaMoney",
    "Change",
    "DecisionLine",
    "FundingTable",
    "Group",
    "RoundTable",
    "Row",
    "YearComparison",
    "allocation_columns",
    "changes_of",
    "compare_years",
    "decision_lines",
    "funding_print",
    "funding_table",
    "letter_print",
    "planned_rows",
    "round_table",
    "row_of",
]
