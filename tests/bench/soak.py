"""Half an hour of 20 mails and 200 alerts a minute, the mail server restarted in each: `sh run bench soak [MINUTES]`.

Prints what was sent and what became of it, and the mean memory of the program in each third of the time.
"""

import sys
import tempfile
from pathlib import Path

from tests.dovecot import DovecotServer, find_dovecot
from tests.soak import soak


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    program = find_dovecot()
    assert program is not None, "Dovecot with IMAP is not installed."
    with tempfile.TemporaryDirectory() as folder, DovecotServer(program) as server:
        done = soak(minutes, Path(folder) / "workspace", server, lambda text: print(text, flush=True))
    first, middle, last = done.thirds
    sheet = done.sheet
    print(f"sent: {done.mails} mails, {done.alerts} alerts; {done.restarts} restarts of the mail server")
    print(
        f"seen {sheet.seen}, ticketed {sheet.ticketed}, merged {sheet.merged}, parked {sheet.parked}, "
        f"pending {sheet.pending}, difference {sheet.difference}; missing {done.mails + done.alerts - sheet.seen}"
    )
    print(f"memory by thirds: {first:.1f}, {middle:.1f}, {last:.1f} MB; last to middle {last / middle - 1:+.1%}")


if __name__ == "__main__":
    main()
