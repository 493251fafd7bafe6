"""Signing in by a code that a person enters in a browser on whatever machine (RFC 8628)."""

from collections.abc import Callable
from datetime import timedelta

from triage_app.adapters.net.oauth import BY_CODE, Authority, Granted, Refused
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.services.context import CancelToken, Progress
from triage_app.services.ports import Clock

SLOWER = 5
"""Seconds that the interval grows by when the server asks for it (RFC 8628, 3.5), or does not answer."""


def by_code(
    authority: Authority,
    clock: Clock,
    wait: Callable[[float, CancelToken], None],
    progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Granted:
    """Show a code and wait until it was entered. Raises SourceFailed, and Cancelled."""
    code = authority.device_code()
    begun = clock()
    ends = begun + timedelta(seconds=code.seconds)
    interval = code.interval
    while (now := clock()) < ends:
        passed = int((now - begun).total_seconds())
        progress(Progress(passed, code.seconds, "seconds", code.invitation))
        wait(interval, cancel)
        cancel.check()
        try:
            said = authority.grant(BY_CODE, device_code=code.code)
        except SourceFailed as error:
            cancel.check()
            if error.trouble is not Trouble.NETWORK:
                raise
            said = Refused("slow_down")
        if isinstance(said, Granted):
            return said
        if said.error == "slow_down":
            interval += SLOWER
        elif said.error != "authorization_pending":
            raise authority.failure(said)
    raise authority.failure(Refused("expired_token"))
