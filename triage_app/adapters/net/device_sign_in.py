"""Signing in by a code that a person enters in a browser on whatever machine (RFC 8628)."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from triage_app.adapters.net.oauth import BY_CODE, Authority, DeviceCode, Granted, Refused, Registration
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.context import CancelToken, Progress
from triage_app.services.ports import Clock

SLOWER = 5
"""Seconds that the interval grows by when the server asks for it (RFC 8628, 3.5), or does not answer."""


class DeviceSignIn:
    """`SignIn` for a kind of source with `OAUTH_FIELDS`, which is signed in to so where its setting `auth` is `way`.

    `scopes` are those that are needed, by provider; `wait` sleeps so many seconds, or until a cancel.
    """

    def __init__(
        self,
        scopes: Mapping[str, str],
        way: str,
        clock: Clock,
        wait: Callable[[float, CancelToken], None],
    ) -> None:
        self._scopes = scopes
        self._way = way
        self._clock = clock
        self._wait = wait

    def fits(self, source: Source) -> bool:
        """Whether a source is signed in to so."""
        return source.settings.get("auth", "") == self._way

    def __call__(
        self,
        source: Source,
        secrets: Mapping[str, Secret],
        progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> Mapping[str, Secret]:
        """Show a code and wait until it was entered; returns the tokens to keep."""
        if not self.fits(source):
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{source.name} is not set to sign in so. "
                f"First: triage source set {source.name} --set auth={self._way}",
            )
        authority = Authority(
            Registration.of(source, secrets, self._scopes), self._clock, stopped=lambda: cancel.cancelled
        )
        granted = self._waited(authority, authority.device_code(), progress, cancel)
        if granted.refresh is None:
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{source.name}: the provider gave no refresh token, so the sign-in would end within hours. "
                "Add what asks for one to the scope, mostly offline_access, and sign in anew.",
            )
        return {"refresh_token": granted.refresh, "token": granted.access.kept}

    def _waited(
        self, authority: Authority, code: DeviceCode, progress: Callable[[Progress], None], cancel: CancelToken
    ) -> Granted:
        begun = self._clock()
        ends = begun + timedelta(seconds=code.seconds)
        interval = code.interval
        while (now := self._clock()) < ends:
            passed = int((now - begun).total_seconds())
            progress(Progress(passed, code.seconds, "seconds", code.invitation))
            self._wait(interval, cancel)
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
