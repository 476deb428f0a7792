"""The whole line from the page's keypad to the table: a real browser, the real flows, the packed functions."""

from playwright.sync_api import Browser, expect

from devtools.line import Line
from tests.small_line import served
from tests.stack.journey import orders

from .conftest import phone
from .test_phone import call, said, typed


def test_an_order_keyed_in_on_the_page_is_in_the_table(browser: Browser, line: Line) -> None:
    before = orders(line, "A-2222")
    with served(line.instance, line.functions) as address, phone(browser, address) as page:
        page.set_default_timeout(20_000)
        call(page)
        for prompt, keys in [
            ("for English, press 3", "3"),
            ("eight-digit account number", "60002222#"),
            ("six-digit phone password", "314159#"),
            ("For orders, press 2", "2"),
            ("To buy, press 1", "1"),
            ("six-digit stock code", "601398#"),
            ("number of shares", "100#"),
            ("enter the price", "7*85#"),
            ("Buy Industrial and Commercial Bank of China", "1"),
        ]:
            expect(said(page, prompt)).to_be_visible()
            page.keyboard.type(keys)
        expect(said(page, "Your order has been taken. The contract number is")).to_be_visible()
        assert typed(page)[:4] == ["3", "•••••••••", "•••••••", "2"]
        page.keyboard.press("Escape")
        expect(page.locator("#state")).to_have_text("Call ended")
    [order] = [order for order in orders(line, "A-2222") if order not in before]
    assert (order["side"], order["code"], order["quantity"], order["state"]) == ("buy", "601398", 100, "accepted")
