"""A program: says as JSON, a line each, what stands in the cells of a workbook's sheets that are shown.

{"sheet": name}                       a sheet begins
{"row": number, "cells": [text, …]}   a row that is not empty
{"done": true}                        the whole workbook was read, or as many rows as were asked for
"""

import sys
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from helsefellesskap.untrusted.inspection import print_line
from helsefellesskap.untrusted.limits import clean, limit_process

MOST_COLUMNS = 200
LONGEST = 500  # characters of a cell


def text_of(value: Any) -> str:
    return "" if value is None else clean(str(value))[:LONGEST]


def main(path: str, most: str) -> None:
    limit_process()
    with Path(path).open("rb") as file:  # by its path, it would be judged by the name
        say_rows(load_workbook(file, read_only=True, data_only=True), int(most))
    print_line(done=True)


def say_rows(book: Any, left: int) -> None:
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        print_line(sheet=sheet.title)
        sheet.reset_dimensions()  # what the file says of its size is not to be trusted
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [text_of(value) for value in row[:MOST_COLUMNS]]
            if any(cells):
                print_line(row=number, cells=cells)
                left -= 1
            if left < 0:
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
