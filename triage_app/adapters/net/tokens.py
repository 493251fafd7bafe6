"""Access tokens for connections: renewed before they end, and kept with the source's other secrets."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

from triage_app.adapters.net.oauth import Authority, Granted, Refused, Registration
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.oauth import AccessToken
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.feeds import SecretStore
from triage_app.services.ports import Clock


class Giver(Protocol):
    """Gives an access token that is good for a minute at least; `anew` where the last one was refused nevertheless."""

    def __call__(self, *, anew: bool = False) -> Secret: ...


class Tokens:
    """Access tokens of all sources. Safe from any thread; all raise SourceFailed and SecretsUnavailable.

    `scopes` are those that a kind of source needs: by kind, then by provider.
    """

    def __init__(self, store: SecretStore, clock: Clock, scopes: Mapping[str, Mapping[str, str]]) -> None:
        self._store = store
        self._clock = clock
        self._scopes = scopes
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._replaced: set[tuple[str, Secret]] = set()

    def __call__(self, source: Source, secrets: Mapping[str, Secret]) -> Secret:
        """A token for a source, once."""
        return self.giver(source, secrets)()

    def giver(self, source: Source, secrets: Mapping[str, Secret]) -> Giver:
        """Tokens for a connection that outlives them. `secrets` are the source's; where the refresh token among them
        is not the one that is kept, as in a test of what is not stored yet, nothing is kept."""
        refresh = secrets.get("refresh_token")
        if not refresh:
            return _Given(source, secrets)
        if (source.name, refresh) in self._replaced or self._store.get(source.name, "refresh_token") == refresh:
            return _Kept(self, source, secrets)
        return _Loose(self, source, secrets)

    def application(self, source: Source, secrets: Mapping[str, Secret], scope: str) -> Giver:
        """Tokens that the application gets by its own secret, without a person (RFC 6749, 4.4)."""
        return _Application(self, source, secrets, scope)

    # -- what givers share ------------------------------------------------------------------------------------------

    def held(self, source: Source, field: str) -> Secret | None:
        """A token that is kept."""
        return self._store.get(source.name, field)

    def keep(self, source: Source, before: Secret, granted: Granted) -> None:
        """Keep what was given for the refresh token before. Whoever has read that one meanwhile is taken for ours."""
        if granted.refresh is not None:
            self._replaced.add((source.name, before))
            self._store.put(source.name, "refresh_token", granted.refresh)
        self._store.put(source.name, "token", granted.access.kept)

    def lock(self, source: Source) -> threading.Lock:
        """Held while a source's token is renewed: a refresh token may be good for one use."""
        return self._locks[source.name]

    def good(self, token: AccessToken | None) -> bool:
        """Whether a token may still be used."""
        return token is not None and token.good_at(self._clock())

    def authority(self, source: Source, secrets: Mapping[str, Secret]) -> tuple[Authority, str]:
        """Who renews a source's tokens, and the scope to ask for."""
        who = Registration.of(source, secrets, self._scopes.get(source.kind, {}))
        return Authority(who, self._clock), who.scope

    def renewed(self, source: Source, secrets: Mapping[str, Secret], refresh: Secret) -> Granted | SourceFailed:
        """Trade a refresh token; a refusal is given back where another one might be taken."""
        authority, scope = self.authority(source, secrets)
        more = {"scope": scope} if scope else {}
        said = authority.grant("refresh_token", refresh_token=refresh, **more)
        if not isinstance(said, Refused):
            return said
        if said.error == "invalid_grant":
            return authority.failure(said)
        raise authority.failure(said)


class _Given:
    """The access token that a person gave; there is no other."""

    def __init__(self, source: Source, secrets: Mapping[str, Secret]) -> None:
        self._source = source
        self._token = secrets.get("token")

    def __call__(self, *, anew: bool = False) -> Secret:
        del anew
        if not self._token:
            raise _missing(self._source)
        return AccessToken.read(self._token).secret


class _Kept:
    """Tokens of a source that is stored: read anew each time, since another process may have renewed them."""

    def __init__(self, tokens: Tokens, source: Source, secrets: Mapping[str, Secret]) -> None:
        self._tokens = tokens
        self._source = source
        self._secrets = secrets
        self._last: Secret | None = None

    def __call__(self, *, anew: bool = False) -> Secret:
        with self._tokens.lock(self._source):
            self._last = self._token(self._last if anew else None)
            return self._last

    def _token(self, refused: Secret | None) -> Secret:
        refresh, token = self._tokens.held(self._source, "refresh_token"), self._tokens.held(self._source, "token")
        held = AccessToken.read(token) if token else None
        if held is not None and self._tokens.good(held) and held.secret != refused:
            return held.secret
        if not refresh:
            raise _missing(self._source)
        said = self._tokens.renewed(self._source, self._secrets, refresh)
        if isinstance(said, SourceFailed):
            newer = self._tokens.held(self._source, "refresh_token")
            if not newer or newer == refresh:
                raise said
            refresh = newer
            said = self._tokens.renewed(self._source, self._secrets, refresh)
            if isinstance(said, SourceFailed):
                raise said
        self._tokens.keep(self._source, refresh, said)
        return said.access.secret


class _Loose:
    """Tokens by a refresh token that is kept nowhere: they are held as long as the connection is."""

    def __init__(self, tokens: Tokens, source: Source, secrets: Mapping[str, Secret]) -> None:
        self._tokens = tokens
        self._source = source
        self._secrets = secrets
        self._refresh = secrets["refresh_token"]
        self._access: AccessToken | None = None

    def __call__(self, *, anew: bool = False) -> Secret:
        if anew or self._access is None or not self._tokens.good(self._access):
            said = self._tokens.renewed(self._source, self._secrets, self._refresh)
            if isinstance(said, SourceFailed):
                raise said
            self._refresh = said.refresh or self._refresh
            self._access = said.access
        return self._access.secret


class _Application:
    """Tokens by the application's own secret; a new one costs one call, so none is kept."""

    def __init__(self, tokens: Tokens, source: Source, secrets: Mapping[str, Secret], scope: str) -> None:
        self._tokens = tokens
        self._source = source
        self._secrets = secrets
        self._scope = source.settings.get("scope", "") or scope
        self._access: AccessToken | None = None

    def __call__(self, *, anew: bool = False) -> Secret:
        if anew or self._access is None or not self._tokens.good(self._access):
            authority, _ = self._tokens.authority(self._source, self._secrets)
            more = {"scope": self._scope} if self._scope else {}
            said = authority.grant("client_credentials", **more)
            if isinstance(said, Refused):
                raise authority.failure(said)
            self._access = said.access
        return self._access.secret


def _missing(source: Source) -> SourceFailed:
    return SourceFailed(
        Trouble.AUTHENTICATION, f"{source.name} is not signed in. Sign in: triage source sign-in {source.name}"
    )
