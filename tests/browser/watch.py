"""What a page does that nobody sees: errors in the console, failed requests, requests to another host."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError


@dataclass
class Watch:
    host: str
    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def look_at(self, context: BrowserContext) -> None:
        for event, listener in self._listeners.items():
            context.on(event, listener)

    def look_away(self, context: BrowserContext) -> None:
        for event, listener in self._listeners.items():
            context.remove_listener(event, listener)

    @property
    def _listeners(self) -> dict[str, Callable[[Any], None]]:
        return {
            "console": self._on_console,
            "weberror": self._on_error,
            "request": self._on_request,
            "requestfailed": self._on_failure,
            "response": self._on_response,
        }

    def expect(self, *parts: str) -> None:
        """Problems that this test makes on purpose, by a part of their text."""
        self.expected += parts

    def problems(self) -> list[str]:
        return [problem for problem in self.seen if not any(part in problem for part in self.expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_error(self, error: WebError) -> None:
        self.seen.append(f"script: {error.error}")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.host, "data:", "blob:")):
            self.seen.append(f"other host: {request.url}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the person left the page
            self.seen.append(f"failed: {request.method} {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if is_page and not response.headers.get("content-security-policy"):
            self.seen.append(f"no security policy: {response.url}")
        if response.status >= 500:
            self.seen.append(f"server error: {response.url}")
