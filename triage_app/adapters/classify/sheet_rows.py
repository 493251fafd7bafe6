"""Runs in a child process: writes the rows of a spreadsheet's first filled sheet as JSON, a list a line.

A spreadsheet of a few hundred bytes can ask for a sheet of billions of cells, which ends the process that opens it. The
script is run by its path and imports nothing of the program, so that it starts quickly.
"""

import contextlib
import json
import sys

MEMORY = 4 * 1024**3
"""Bytes of memory at most, where the system can hold a process to it."""


def main(path: str) -> int:
    """Write the rows, or one line with an object that says what is wrong."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        # Not on Windows.
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import python_calamine  # noqa: PLC0415 - after the limit

    try:
        book = python_calamine.load_workbook(path)
        for number in range(len(book.sheet_names)):
            rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
            if any(cell != "" for row in rows for cell in row):
                for row in rows:
                    sys.stdout.write(json.dumps([_plain(cell) for cell in row]) + "\n")
                return 0
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    return 0


def _plain(cell: object) -> object:
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
