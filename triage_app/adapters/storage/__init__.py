"""The workspace's database: one schema on SQLite and PostgreSQL, behind the `Storage` port."""
