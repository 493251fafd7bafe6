"""Rule files of the workspace."""
