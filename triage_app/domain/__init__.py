"""The rules of triage: frozen dataclasses and pure functions, free of I/O, clocks and frameworks."""
