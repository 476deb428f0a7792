"""The pages in a real browser: Debian's Chromium or Chrome, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from devtools.chromium import find
from tests.small_line import FakeFunctions, served, small_instance

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--use-fake-ui-for-media-stream",  # and may be used
]


# Not longer than these tests: while it is open, Playwright's event loop runs in this thread, and no other can.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = find()
    if chromium is None:
        pytest.fail("There is no Chromium here: run make chromium, or install it by hand.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def functions() -> FakeFunctions:
    return FakeFunctions()


@pytest.fixture
def address(functions: FakeFunctions) -> Iterator[str]:
    """Of a small line whose menu waits one second."""
    with served(small_instance(menu_seconds=1), functions) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The phone page of the small line."""
    with phone(browser, address) as page:
        yield page


@contextmanager
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """The phone page, in English, with speech off. Fails the test when the page reports an error of its own."""
    with opened(browser, f"http://{address}/phone") as page:
        yield page


@contextmanager
def panel(browser: Browser, address: str, agent: str) -> Iterator[Page]:
    """The panel of ``agent``, likewise."""
    with opened(browser, f"http://{address}/agent?agent={agent}") as page:
        yield page


@contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Either page, with Playwright's ``options`` of a context."""
    context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 800}} | options)
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(url)
    page.get_by_role("switch", name="Speech").uncheck()
    yield page
    context.close()
    assert errors == []
