"""Signing in to a source by OAuth, by whichever way its provider and its settings want."""

from collections.abc import Callable, Mapping

from triage_app.adapters.net.device_sign_in import by_code
from triage_app.adapters.net.oauth import Authority, Granted, Registration
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.context import CancelToken, Progress
from triage_app.services.ports import Clock


class OAuthSignIn:
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
        """Show where to sign in and wait until that was done; returns the tokens to keep."""
        if not self.fits(source):
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{source.name} is not set to sign in so. "
                f"First: triage source set {source.name} --set auth={self._way}",
            )
        granted = self._granted(Registration.of(source, secrets, self._scopes), progress, cancel)
        if granted.refresh is None:
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{source.name}: the provider gave no refresh token, so the sign-in would end within hours. "
                "Add what asks for one to the scope, mostly offline_access, and sign in anew.",
            )
        return {"refresh_token": granted.refresh, "token": granted.access.kept}

    def _granted(self, who: Registration, progress: Callable[[Progress], None], cancel: CancelToken) -> Granted:
        authority = Authority(who, self._clock, stopped=lambda: cancel.cancelled)
        if not who.in_browser:
            return by_code(authority, self._clock, self._wait, progress, cancel)
        # A web server takes its part of the time in which the program starts, and is wanted once in a source's life.
        from triage_app.adapters.net.browser_sign_in import by_browser  # noqa: PLC0415

        return by_browser(authority, self._clock, self._wait, progress, cancel)
