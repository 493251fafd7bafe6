"""The only I/O: storage, files, worker processes, models, the clock."""
