"""What the tables of the desktop hold."""
