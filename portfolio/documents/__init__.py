"""What the portfolio's documents, tables and overviews contain; nothing here writes."""

from portfolio.documents.columns import (
    comparison_columns,
    handlingsdel_columns,
    initiative_columns,
)
from portfolio.documents.handlingsdel import (
    Comparison,
    StatusTable,
    areas_as_of,
    compare,
    comparison_print,
    handlingsdel_print,
    live_table,
    phase_text,
    status_text,
    table_as_of,
    undecided,
)
from portfolio.documents.log import LoggedChange, log_lines
from portfolio.documents.summary import Bucket, Segment, Summary, bucket_of, segments_of, summarise
from portfolio.documents.timeline import Timeline, timeline

__all__ = [
    "Bucket",
    "Comparison",
    "LoggedChange",
    "Segment",
    "StatusTable",
    "Summary",
    "Timeline",
    "areas_as_of",
    "bucket_of",
    "compare",
    "comparison_columns",
    "comparison_print",
    "handlingsdel_columns",
    "handlingsdel_print",
    "initiative_columns",
    "live_table",
    "log_lines",
    "phase_text",
    "segments_of",
    "status_text",
    "summarise",
    "table_as_of",
    "timeline",
    "undecided",
]
