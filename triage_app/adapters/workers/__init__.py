"""Worker processes for analysis."""
