"""The answers with the sign-in page: the ways in that this board has, and what it says, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.access.accounts import PREFIX
from dashboard.access.identity import Identity
from dashboard.access.refusals import Refusal
from dashboard.access.sign_in import SignInService
from dashboard.web.forms import local_path
from dashboard.web.pages import look_of
from layouts.demo_chooser import demo_html
from layouts.sign_in import SignInPage, sign_in_html
from layouts.wording.words import Words, load_words

_WHY_CLOSED = {"busy": "busy", "bad_accounts": "accounts"}


@dataclass(frozen=True)
class SignInPages:
    """The pages over the sign-in of a worker. ``onward``: where a sign-in leads; "": where the query of the request says."""

    sign_in: SignInService

    def offer(self, request: Request, onward: str = "", status: int = 200, **fields: Any) -> Response:
        """The page with the ways in; ``fields``: those of SignInPage."""
        site = self.sign_in.sites.site
        look = look_of(request.query_params, "desk", site.language)
        page = SignInPage(
            look.lang,
            look.theme,
            site.name_en if look.lang == "en" and site.name_en else site.name,
            local_path(onward or request.query_params.get("next", "")),
            company="company" if self.sign_in.company else "",
            has_accounts=self.sign_in.accounts is not None,
        )
        people = self.sign_in.demo_people()
        html = demo_html(page, people) if people else sign_in_html(replace(page, **fields))
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})

    def say(
        self,
        request: Request,
        notice: str,
        status: int,
        values: Mapping[str, str] | None = None,
        onward: str = "",
        **fields: Any,
    ) -> Response:
        """The page with a notice above the ways in, and its values."""
        phone = self.sign_in.sites.site.duty_phone
        call = self._words(request)["sign_in.call"].format(phone=phone) if phone else ""
        return self.offer(request, onward, status, notice=notice, values={"call": call, **(values or {})}, **fields)

    def say_locked(
        self, request: Request, until_ms: int, onward: str, notice: str = "locked", **fields: Any
    ) -> Response:
        """Too many tries: until when none is taken, by the site's clock. ``notice``: which; ``locked``: of passwords."""
        clock = datetime.fromtimestamp(until_ms / 1000, ZoneInfo(self.sign_in.sites.site.zone)).strftime("%H:%M")
        is_locked = notice == "locked"
        page = self.say(request, notice, 429, {"clock": clock}, onward, is_locked=is_locked, **fields)
        page.headers["Retry-After"] = str(max(1, -(-(until_ms - self.sign_in.clock_ms()) // 1000)))
        return page

    def say_no_role(self, request: Request, identity: Identity, onward: str) -> Response:
        """The account may see nothing: the id that a grant needs, and the name of an administrator."""
        admin = self.sign_in.name_admin() or ""
        company = "again" if self.sign_in.company and not identity.account.startswith(PREFIX) else ""
        return self.say(
            request,
            "no_role",
            403,
            {"id": identity.account, "admin": admin},
            onward,
            company=company,
            has_accounts=True,
        )

    def say_closed(self, request: Request, refusal: Refusal, onward: str, **fields: Any) -> Response:
        """Nobody can sign in now, for a reason of ours."""
        why = self._words(request)[f"closed.{_WHY_CLOSED.get(refusal.word, 'redis')}"]
        return self.say(request, "closed", 503, {"why": why}, onward, **fields)

    def _words(self, request: Request) -> Words:
        return load_words(look_of(request.query_params, "desk", self.sign_in.sites.site.language).lang)
