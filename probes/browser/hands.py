"""A person's acts on pages that scripts make, as the adapter's ``[walk]`` tells them: go, fill in, choose, press, wait.

Keys are pressed one by one and fields are left, so that the page's own scripts, and those of others, notice as they
would a person. A verb came about when what its last step waits for shows.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from probes.browser.paging import BrowserHttp
from probes.canonical import Frozen, freeze
from probes.clock import Deadline
from probes.redaction import Redactor
from probes.shop.answer import Answer
from probes.shop.extract import Missing, Reading, extract
from probes.shop.journey import Act, Adapter
from probes.shop.outcome import Broken, Done, Outcome
from probes.shop.templates import Unfilled, fill, fill_css, fill_path

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


class _Stuck(LookupError):  # noqa: N818 - told as a plain reason
    """The page does not show what the step wants."""


class Hands:
    """The hands of one person in one tab, who keeps in mind what was given and read so far."""

    def __init__(
        self, http: BrowserHttp, adapter: Adapter, *, base_url: str, redactor: Redactor, deadline: Deadline
    ) -> None:
        """Take hold of the tab; ``base_url`` is what the paths of ``goto`` start from."""
        self._http, self._adapter, self._base_url = http, adapter, base_url.rstrip("/")
        self._redactor, self._deadline = redactor, deadline
        self._values: dict[str, Frozen] = {}

    def can(self, verb: str) -> bool:
        """Tell whether the walk has this part."""
        return verb in self._adapter.walk

    def do(self, verb: str, inputs: Mapping[str, Any]) -> Outcome:
        """Do the steps of one verb; broken where a step does not come about.

        Raises:
            TargetAway, TimedOut, Garbage: a page could not be had.
        """
        self._values |= {name: freeze(value) for name, value in inputs.items()}
        outputs: dict[str, Frozen] = {}
        for act in self._adapter.walk[verb]:
            try:
                outputs |= self._step(act)
            except (_Stuck, Missing, Unfilled) as why:
                expected = "expected " if isinstance(why, Missing) else ""
                told = self._redactor.text(f"step {act.step_id}: {expected}{why}")
                return Broken(verb=verb, step_id=act.step_id, why=told, exchanges=())
        return Done(verb=verb, outputs=freeze(outputs), exchanges=())

    def _step(self, act: Act) -> dict[str, Frozen]:
        if act.goto is not None:
            path = fill_path(act.goto, self._values)
            url = path if path.startswith(("http://", "https://")) else self._base_url + path
            self._http.by_hand(lambda page: page.goto(url, wait_until="load"), deadline=self._deadline)
        response = self._http.by_hand(lambda page: self._act(page, act), deadline=self._deadline)
        answer = Answer(response)
        read: dict[str, Frozen] = {}
        for name, taken in act.read.items():
            self._values[name] = read[name] = extract(taken, answer, self._reading())
        return read

    def _act(self, page: "Page", act: Act) -> None:
        for css, value in act.fill.items():
            text = fill(value, self._values)
            self._on(page, css, lambda field, text=text: _type(field, text))  # type: ignore[misc]
        for css, value in act.select.items():
            text = fill(value, self._values)
            self._on(page, css, lambda field, text=text: field.select_option(text))  # type: ignore[misc]
        if act.click is not None:
            self._on(page, act.click, lambda button: button.click())
        if act.wait_for is not None:
            self._on(page, act.wait_for, lambda shown: shown.wait_for(state="visible"))

    def _on(self, page: "Page", css: str, do: "Callable[[Locator], object]") -> None:
        with _telling(css):
            do(page.locator(f"css={fill_css(css, self._values)}").locator("visible=true").first)

    def _reading(self) -> Reading:
        adapter = self._adapter
        return Reading(values=self._values, money=adapter.money, currency=adapter.currency, cookie=self._http.cookie)


@contextmanager
def _telling(css: str) -> Iterator[None]:
    """Tell in plain words what a selector (with its templates unfilled) did not show, or could not be done with it."""
    from playwright.sync_api import Error  # noqa: PLC0415 - an extra
    from playwright.sync_api import TimeoutError as Waited  # noqa: PLC0415 - an extra

    try:
        yield
    except Waited:
        raise _Stuck(f"nothing that can be seen or used matches {css!r}") from None
    except Error as error:
        raise _Stuck(f"{css!r}: {error.message.splitlines()[0]}") from None


def _type(field: "Locator", text: str) -> None:
    field.fill("")
    field.press_sequentially(text)
