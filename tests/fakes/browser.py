"""A browser in which somebody signs in to a box."""

from collections.abc import Callable, Mapping

from tests.fakes.box import PASSWORD
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.context import CancelToken, Invitation, Progress

INVITATION = Invitation("https://login.example.org/device", "WDJB-MJHT")


class Browser:
    """Implements `SignIn`: invites, lets `meanwhile` happen, and gives the password of the box."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[CancelToken], object] = lambda _cancel: None
        self.given: list[Mapping[str, Secret]] = []

    def fits(self, source: Source) -> bool:
        return source.settings["user"] == "soc"

    def __call__(
        self,
        source: Source,
        secrets: Mapping[str, Secret],
        progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> Mapping[str, Secret]:
        self.given.append(secrets)
        progress(Progress(0, 900, "seconds", INVITATION))
        self.meanwhile(cancel)
        cancel.check()
        return {"password": Secret(PASSWORD)}
