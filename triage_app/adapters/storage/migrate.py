"""Runs the migrations; apart from `engine` so that Alembic is loaded only when there is something to do."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from triage_app.adapters.storage.dialects import Dialect


def upgrade(dialect: Dialect) -> None:
    """Bring the schema to the newest revision, in one transaction; several processes take turns."""
    engine = dialect.writing_engine()
    try:
        with engine.connect() as connection:
            dialect.begin_write(connection)
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
            config.attributes["connection"] = connection
            config.attributes["dialect"] = dialect
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()
