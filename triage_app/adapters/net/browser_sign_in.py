"""Signing in by a browser on this machine, which is led back here (RFC 8252), with proof of who asked (RFC 7636)."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from typing import Final

from triage_app.adapters.net.landing import Landing
from triage_app.adapters.net.oauth import Authority, Granted
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.services.context import CancelToken, Invitation, Progress
from triage_app.services.ports import Clock

SECONDS: Final = 600
"""So long a person has."""

LOOK: Final = 0.5
"""Seconds between two looks whether the browser has come back."""


def by_browser(
    authority: Authority,
    clock: Clock,
    wait: Callable[[float, CancelToken], None],
    progress: Callable[[Progress], None],
    cancel: CancelToken,
) -> Granted:
    """Show an address and wait until the browser comes back from it. Raises SourceFailed, and Cancelled."""
    state, verifier = secrets.token_urlsafe(32), Secret(secrets.token_urlsafe(64))
    begun = clock()
    with closing(Landing(state)) as landing:
        back = authority.way_back(landing.port)
        invitation = Invitation(authority.address(back, state, challenge(verifier)), "")
        while landing.brought is None:
            passed = int((clock() - begun).total_seconds())
            if passed >= SECONDS:
                raise SourceFailed(
                    Trouble.AUTHENTICATION,
                    f"{authority.name}: no browser came back within {SECONDS // 60} minutes. Sign in anew, in a "
                    "browser on the machine that holds the workspace.",
                )
            progress(Progress(passed, SECONDS, "seconds", invitation))
            wait(LOOK, cancel)
            cancel.check()
        brought = landing.brought
    return authority.redeem(brought, back, verifier)


def challenge(verifier: Secret) -> str:
    """What shows, before the verifier is told, that one has it (S256)."""
    return urlsafe_b64encode(sha256(verifier.reveal().encode()).digest()).decode().rstrip("=")
