"""Renders every screen on the sample mail, with a linked group, sources and a conversation: `sh run screens OUT`.

Where real mail is at hand (TRIAGE_DATA), campaigns are shown on it as well, in the folder `real`.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.screens.scene import add_sources, add_tokens, find_again, hold_conversation, prepare_real, teach
from tests.workspaces import opened, prepare_demo


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: sh run screens OUT")
        return 2
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["TRIAGE_PASSPHRASE"] = "of pictures"
    from triage_app.bootstrap import DeskServer, resources_dir
    from triage_app.domain.dedup import Level
    from triage_app.gui.pair_screens import PAIR_SCREENS
    from triage_app.gui.screens import render
    from triage_app.services.commands import LinkTickets
    from triage_app.services.queries import ListTicketIds

    with tempfile.TemporaryDirectory() as folder:
        prepare_demo(Path(folder))
        with opened(Path(folder)) as app:
            first, *others = app.ask(ListTicketIds(limit=24)).ids[8:]
            app.execute(LinkTickets(ids=(first, *others[:8])))
            app.execute(LinkTickets(ids=(first, *others[8:10]), level=Level.NOTE))
            app.execute(LinkTickets(ids=(first, others[10]), level=Level.CHILD))
            add_sources(app, Path(folder))
            add_tokens(app)
            hold_conversation(app, Path(folder))
            teach(app)
            find_again(app)
            for file in render(app, resources_dir(), Path(sys.argv[1]), DeskServer(app, Path(folder))):
                print(file)
        mails = Path(os.environ.get("TRIAGE_DATA", "")) / "mail" / "phish.tar.gz"
        if mails.is_file():
            prepare_real(Path(folder) / "real", mails)
            with opened(Path(folder) / "real") as app:
                for file in render(app, resources_dir(), Path(sys.argv[1]) / "real", only=PAIR_SCREENS):
                    print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
