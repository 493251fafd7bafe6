"""Mail and alerts in files, folders and packed files."""
