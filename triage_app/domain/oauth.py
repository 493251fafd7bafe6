"""Signing in by OAuth 2: what a source is asked about it, and the token that its connections sign in with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage_app.domain.secret import Secret
from triage_app.domain.source import Field, FieldKind

EARLY = timedelta(seconds=60)
"""So long before its end a token is not used any more: clocks differ, and a call takes its time."""

OAUTH_FIELDS = (
    Field(
        "provider",
        "Provider",
        "Whose sign-in it is: microsoft, google, or other with the endpoints below.",
        FieldKind.CHOICE,
        "microsoft",
        choices=("microsoft", "google", "other"),
    ),
    Field(
        "tenant", "Tenant", "Microsoft's: common, organizations, or an organisation's id or domain.", default="common"
    ),
    Field("client_id", "Client id", "The id of the application that you registered with the provider."),
    Field("client_secret", "Client secret", "Its secret, where the provider gave one.", FieldKind.SECRET),
    Field("scope", "Scope", "What the application asks for; empty: what this kind of source needs."),
    Field(
        "sign_in",
        "Way to sign in",
        "code: one that is entered in a browser on whatever machine; browser: in a browser on the machine that holds "
        "the workspace, without a code; auto: browser for google, code for others.",
        FieldKind.CHOICE,
        "auto",
        choices=("auto", "code", "browser"),
    ),
    Field("device_endpoint", "Device endpoint", "For provider other: the address that gives codes (RFC 8628)."),
    Field(
        "authorization_endpoint",
        "Authorization endpoint",
        "For provider other, to sign in by a browser: the address of the page on which a person signs in.",
    ),
    Field("token_endpoint", "Token endpoint", "For provider other: the address that gives tokens."),
    Field(
        "refresh_token",
        "Refresh token",
        "`source sign-in` fetches and keeps it; give one to do without.",
        FieldKind.SECRET,
    ),
    Field("token", "Access token", "Fetched and kept by itself; one that is given is used as it is.", FieldKind.SECRET),
)
"""Settings of every connector that may be signed in to by OAuth."""


def in_browser(settings: Mapping[str, str]) -> bool:
    """Whether a person signs in by a browser on this machine, rather than by a code."""
    way = settings.get("sign_in", "auto")
    return way == "browser" or (way == "auto" and settings.get("provider", "") == "google")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token; `expires` is None for one that a person gave, of which nobody knows."""

    secret: Secret
    expires: datetime | None

    @classmethod
    def read(cls, kept: Secret) -> "AccessToken":
        """From the secret store: as `kept` wrote it, or as a person gave it. No token holds a space (RFC 6750, 2.1)."""
        when, _, token = kept.reveal().strip().partition(" ")
        try:
            expires = datetime.fromisoformat(when)
        except ValueError:
            return cls(kept, None)
        return cls(Secret(token), expires) if token and expires.tzinfo else cls(kept, None)

    @property
    def kept(self) -> Secret:
        """As the secret store keeps it: the time at which it ends, and the token."""
        if self.expires is None:
            return self.secret
        return Secret(f"{self.expires.astimezone(UTC).isoformat(timespec='seconds')} {self.secret.reveal()}")

    def good_at(self, now: datetime) -> bool:
        """Whether it is known to be of use then, and a little longer."""
        return self.expires is not None and now + EARLY < self.expires
