"""What an agent sees and does in the panel, and what the caller has of it, against tests.staffed_line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.small_line import MENU, FakeFunctions, served
from tests.staffed_line import (
    AGENT_WHISPER,
    ATTRIBUTES,
    CUSTOMER_WHISPER,
    NUMBER,
    ON_HOLD,
    OUTBOUND_WHISPER,
    TO_LAN,
    TO_QUEUE,
    staffed_instance,
)

from .conftest import opened, panel, phone
from .test_phone import call, hang_up, said

CALLER = "+8613800138000"
NO_MICROPHONE = """() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""
NAMELESS = """() => [...document.querySelectorAll("a, button, input, select, [role], [tabindex='0']")]
    .filter((it) => !(it.ariaLabel || it.labels?.[0]?.innerText || it.innerText || it.getAttribute("aria-labelledby")))
    .filter((it) => !["alert", "status", "timer"].includes(it.role) && it.checkVisibility())
    .map((it) => it.outerHTML)"""


@pytest.fixture
def address() -> Iterator[str]:
    """Of the staffed line."""
    with served(staffed_instance(), FakeFunctions()) as address:
        yield address


@pytest.fixture
def customer(browser: Browser, address: str) -> Iterator[Page]:
    with phone(browser, address) as page:
        yield page


@pytest.fixture
def mei(browser: Browser, address: str) -> Iterator[Page]:
    """Her panel; she is available."""
    with panel(browser, address, "mei") as page:
        choose_status(page, "Available")
        yield page


def choose_status(page: Page, status: str) -> None:
    page.get_by_label("Status").select_option(status)


def press(page: Page, act: str) -> None:
    page.locator(".card").get_by_role("button", name=act, exact=True).click()


def card(page: Page, state: str) -> Locator:
    """The contact in hand that is in this state."""
    return page.locator(".card").filter(has=page.get_by_text(state, exact=True))


def display(page: Page) -> Locator:
    return page.locator("#state")


def note(page: Page, text: str) -> Locator:
    return page.locator("#transcript .note", has_text=text)


def queue_up(customer: Page) -> None:
    call(customer)
    expect(said(customer, MENU)).to_be_visible()
    customer.keyboard.press("2")


def talk(customer: Page, agent: Page) -> None:
    """Let customer and agent be joined."""
    queue_up(customer)
    press(agent, "Accept")
    expect(display(customer)).to_have_text("With Mei")


def be_called(customer: Page) -> None:
    customer.get_by_role("switch", name="Let me be called").check()
    expect(display(customer)).to_have_text("Ready, and can be called")


def call_out(agent: Page, number: str = CALLER) -> None:
    agent.get_by_label("Number to call").fill(number)
    agent.get_by_role("button", name="Call out").click()


def meter(page: Page, name: str) -> Locator:
    return page.get_by_role("meter", name=name)


LOUD = re.compile(r"0\.[0-9]*[1-9]|1\.00")


def test_a_call_from_the_queue_to_the_end_of_after_contact_work(customer: Page, mei: Page) -> None:
    queue_up(customer)
    expect(display(customer)).to_have_text("In the queue Service")
    ringing = card(mei, "Ringing")
    expect(ringing).to_contain_text(CALLER)
    expect(ringing).to_contain_text("Call · inbound · Service")
    expect(mei.get_by_role("alert").filter(has_text=f"{CALLER} rings.")).to_be_attached()
    for name, value in ATTRIBUTES.items():
        expect(ringing.locator("dl")).to_contain_text(f"{name}{value}")
    press(mei, "Accept")
    expect(said(mei, AGENT_WHISPER)).to_be_visible()
    expect(said(customer, CUSTOMER_WHISPER)).to_be_visible()
    expect(note(customer, "You are with Mei.")).to_be_visible()
    expect(said(customer, AGENT_WHISPER)).to_have_count(0)
    press(mei, "Hang up")
    expect(note(customer, "The agent hung up.")).to_be_visible()
    expect(card(mei, "After-contact work")).to_be_visible()
    press(mei, "Close")
    expect(mei.locator(".card")).to_have_count(0)
    expect(mei.get_by_text("Nothing in hand.")).to_be_visible()


def test_a_caller_is_put_on_hold_and_taken_off_it(customer: Page, mei: Page) -> None:
    talk(customer, mei)
    press(mei, "Hold")
    expect(card(mei, "On hold")).to_be_visible()
    expect(note(customer, "The agent has put you on hold.")).to_be_visible()
    expect(said(customer, ON_HOLD)).to_have_attribute("data-times", re.compile("[0-9]+"))  # and is one bubble
    press(mei, "Resume")
    expect(note(customer, "Mei is back.")).to_be_visible()
    expect(display(customer)).to_have_text("With Mei")
    expect(card(mei, "Connected")).to_be_visible()


def test_only_what_is_possible_is_offered(customer: Page, mei: Page) -> None:
    def offered() -> list[str]:
        return mei.locator(".card").get_by_role("button").all_inner_texts()

    queue_up(customer)
    expect(card(mei, "Ringing")).to_be_visible()
    assert offered() == ["Accept", "Reject"]
    press(mei, "Accept")
    expect(display(customer)).to_have_text("With Mei")
    assert offered() == ["Hold", "Transfer", "Hang up"]
    expect(mei.get_by_role("button", name="Transfer")).to_be_disabled()
    press(mei, "Hold")
    expect(card(mei, "On hold")).to_be_visible()
    assert offered() == ["Resume", "Transfer", "Hang up"]
    press(mei, "Hang up")
    expect(card(mei, "After-contact work")).to_be_visible()
    assert offered() == ["Close"]


def test_a_call_rejected_is_missed_and_rings_again_once_that_is_closed(customer: Page, mei: Page) -> None:
    queue_up(customer)
    press(mei, "Reject")
    expect(card(mei, "Missed")).to_be_visible()
    expect(display(customer)).to_have_text("In the queue Service")
    press(mei, "Close")
    expect(card(mei, "Ringing")).to_be_visible()


def test_a_caller_who_gives_up_leaves_a_missed_contact(customer: Page, mei: Page) -> None:
    queue_up(customer)
    expect(card(mei, "Ringing")).to_be_visible()
    hang_up(customer)
    expect(card(mei, "Missed")).to_be_visible()
    press(mei, "Close")
    expect(mei.locator(".card")).to_have_count(0)


def test_a_caller_who_hangs_up_leaves_after_contact_work(customer: Page, mei: Page) -> None:
    talk(customer, mei)
    hang_up(customer)
    expect(card(mei, "After-contact work")).to_be_visible()


def test_a_transfer_to_another_agent(browser: Browser, address: str, customer: Page, mei: Page) -> None:
    with panel(browser, address, "lan") as lan:
        talk(customer, mei)
        choose_status(lan, "Available")
        mei.get_by_label("Transfer to…").select_option(TO_LAN)
        press(mei, "Transfer")
        expect(card(mei, "After-contact work")).to_be_visible()
        expect(card(lan, "Ringing")).to_contain_text("transferred")
        press(lan, "Accept")
        expect(display(customer)).to_have_text("With Lan")


def test_a_transfer_to_the_queue(customer: Page, mei: Page) -> None:
    talk(customer, mei)
    mei.get_by_label("Transfer to…").select_option(TO_QUEUE)
    press(mei, "Transfer")
    expect(display(customer)).to_have_text("In the queue Service")
    press(mei, "Close")
    expect(card(mei, "Ringing")).to_be_visible()


def test_a_call_out_rings_the_phone_which_answers(customer: Page, mei: Page) -> None:
    be_called(customer)
    call_out(mei)
    expect(card(mei, "Calling…")).to_be_visible()
    expect(display(customer)).to_have_text(f"{NUMBER} is calling")
    customer.get_by_role("button", name="Answer").click()
    expect(said(customer, OUTBOUND_WHISPER)).to_be_visible()
    expect(display(customer)).to_have_text("With Mei")
    expect(card(mei, "Connected")).to_be_visible()
    press(mei, "Hang up")
    expect(display(customer)).to_have_text("Call ended")
    press(mei, "Close")
    call_out(mei)
    expect(display(customer)).to_have_text(f"{NUMBER} is calling")


def test_the_keyboard_answers_and_declines(customer: Page, mei: Page) -> None:
    be_called(customer)
    call_out(mei)
    expect(customer.get_by_role("button", name="Answer")).to_be_visible()
    customer.keyboard.press("Escape")
    expect(display(customer)).to_have_text("Call ended")
    press(mei, "Close")
    call_out(mei)
    expect(customer.get_by_role("button", name="Answer")).to_be_visible()
    customer.locator("h1").click()
    customer.keyboard.press("Enter")
    expect(display(customer)).to_have_text("With Mei")


def test_an_agent_stops_calling(customer: Page, mei: Page) -> None:
    be_called(customer)
    call_out(mei)
    expect(customer.get_by_role("button", name="Answer")).to_be_visible()
    press(mei, "Hang up")
    expect(display(customer)).to_have_text("Call ended")
    expect(customer.get_by_role("button", name="Call", exact=True)).to_be_visible()


def test_a_phone_that_can_be_called_calls_and_waits_again(customer: Page, mei: Page) -> None:
    be_called(customer)
    talk(customer, mei)
    press(mei, "Hang up")
    expect(display(customer)).to_have_text("Call ended")
    press(mei, "Close")
    call_out(mei)
    expect(display(customer)).to_have_text(f"{NUMBER} is calling")


def test_a_phone_is_called_by_its_new_number_and_no_more_once_it_is_switched_off(customer: Page, mei: Page) -> None:
    be_called(customer)
    customer.get_by_label("Your number").fill("+85291234567")
    customer.get_by_label("Your number").blur()
    call_out(mei, "+852 9123 4567")
    expect(display(customer)).to_have_text(f"{NUMBER} is calling")
    customer.get_by_role("button", name="Decline").click()
    press(mei, "Close")
    customer.get_by_role("switch", name="Let me be called").uncheck()
    call_out(mei, "+852 9123 4567")
    expect(mei.locator(".card").get_by_role("button", name="Close")).to_be_visible()
    expect(display(customer)).to_have_text("Call ended")


def test_customer_and_agent_hear_each_other(customer: Page, mei: Page) -> None:
    customer.get_by_role("switch", name="Microphone").check()
    talk(customer, mei)
    expect(meter(customer, "How loud you are")).to_have_attribute("aria-valuenow", LOUD)
    expect(meter(mei, "How loud the other side is")).to_have_attribute("aria-valuenow", LOUD)
    expect(meter(mei, "How loud you are")).to_be_hidden()
    mei.get_by_role("switch", name="Microphone").check()
    expect(meter(customer, "How loud the other side is")).to_have_attribute("aria-valuenow", LOUD)


def test_nobody_is_recorded_before_a_call_or_after_it(customer: Page, mei: Page) -> None:
    customer.get_by_role("switch", name="Microphone").check()
    expect(meter(customer, "How loud you are")).to_be_hidden()
    talk(customer, mei)
    expect(meter(customer, "How loud you are")).to_be_visible()
    press(mei, "Hang up")
    expect(meter(customer, "How loud you are")).to_be_hidden()


def test_without_a_microphone_the_call_goes_on(customer: Page, mei: Page) -> None:
    customer.evaluate(NO_MICROPHONE)
    customer.get_by_role("switch", name="Microphone").check()
    talk(customer, mei)
    expect(customer.get_by_text("The browser did not give the microphone")).to_be_visible()
    expect(customer.get_by_role("switch", name="Microphone")).not_to_be_checked()


def test_a_status_waits_until_nothing_is_in_hand(customer: Page, mei: Page) -> None:
    talk(customer, mei)
    choose_status(mei, "Offline")
    expect(mei.get_by_text("Next: Offline")).to_be_visible()
    expect(display(mei)).to_have_text("Available")
    press(mei, "Hang up")
    press(mei, "Close")
    expect(display(mei)).to_have_text("Offline")
    expect(mei.get_by_text("Next: Offline")).to_have_count(0)


def test_errors_stand_where_they_arose(customer: Page, mei: Page) -> None:
    call_out(mei, "13800138000")
    expect(mei.locator("#dial-error")).to_contain_text("country code")
    expect(mei.get_by_label("Number to call")).to_be_focused()
    talk(customer, mei)
    call_out(mei)
    expect(mei.locator("#dial-error")).to_contain_text("no place for another VOICE contact")
    expect(mei.locator("#status-error")).to_be_hidden()


def test_an_agent_that_is_unknown_is_told_who_there_is(browser: Browser, address: str) -> None:
    with panel(browser, address, "nobody") as page:
        expect(page.locator("#agent-error")).to_contain_text("lan, mei")
        page.get_by_label("Agent", exact=True).select_option("lan")
        expect(page.locator("#name")).to_have_text("Lan Chen")
        expect(page.locator("#agent-error")).to_be_hidden()


def test_the_agent_chosen_is_remembered(browser: Browser, address: str) -> None:
    with opened(browser, f"http://{address}/agent") as page:
        expect(display(page)).to_have_text("Nobody is logged in")
        page.get_by_label("Agent", exact=True).select_option("lan")
        expect(page.locator("#name")).to_have_text("Lan Chen")
        page.reload()
        expect(page.locator("#name")).to_have_text("Lan Chen")


def test_the_panel_comes_back_when_the_line_does(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en-US")
    sockets: list[WebSocketRoute] = []

    def route(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if len(sockets) > 1:
            socket.connect_to_server()
        else:
            socket.close()

    page.route_web_socket("**/agent/panel", route)
    page.goto(f"http://{address}/agent?agent=mei")
    expect(page.get_by_text("The line does not answer.")).to_be_visible()
    expect(page.locator("#name")).to_have_text("Mei Chen")
    expect(page.get_by_text("The line does not answer.")).to_have_count(0)
    page.close()


def test_the_panel_speaks_the_browser_s_language(browser: Browser, address: str, customer: Page) -> None:
    page = browser.new_page(locale="zh-HK")
    page.goto(f"http://{address}/agent?agent=mei")
    page.get_by_label("狀態").select_option("Available")
    queue_up(customer)
    expect(page.get_by_role("button", name="接聽")).to_be_visible()
    page.get_by_label("頁面語言").select_option("zh-CN")
    expect(page.locator(".card")).to_contain_text("正在响铃")
    page.close()


def test_the_keyboard_alone_takes_a_call(customer: Page, mei: Page) -> None:
    queue_up(customer)
    expect(card(mei, "Ringing")).to_be_visible()
    mei.get_by_label("Status").focus()
    accept = mei.get_by_role("button", name="Accept")
    for _ in range(5):
        mei.keyboard.press("Tab")
        if accept.evaluate("button => button === document.activeElement"):
            break
    mei.keyboard.press("Enter")
    expect(mei.get_by_role("button", name="Hold")).to_be_focused()
    mei.get_by_role("button", name="Hang up").press("Enter")
    expect(mei.get_by_role("button", name="Close")).to_be_focused()
    mei.keyboard.press("Enter")
    expect(mei.get_by_role("heading", name="Contacts")).to_be_focused()


def test_everything_has_a_name(customer: Page, mei: Page) -> None:
    customer.get_by_role("switch", name="Microphone").check()
    talk(customer, mei)
    for page in (customer, mei):
        assert page.evaluate(NAMELESS) == []
        assert page.locator("h1").count() == page.locator("main").count() == 1
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_panel_fits_a_phone(browser: Browser, address: str, customer: Page) -> None:
    size = {"width": 360, "height": 740}
    with opened(browser, f"http://{address}/agent?agent=mei", viewport=size) as page:
        choose_status(page, "Available")
        queue_up(customer)
        expect(page.get_by_role("button", name="Accept")).to_be_in_viewport(ratio=1)
        press(page, "Accept")
        expect(page.get_by_label("Transfer to…")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_phone_leads_to_the_panel_and_back(customer: Page) -> None:
    with customer.expect_popup() as popup:
        customer.get_by_role("link", name="Agent’s panel").click()
    expect(popup.value).to_have_title("localconnect agent · small-line")
    expect(popup.value.get_by_role("link", name="Phone")).to_have_attribute("href", "phone")
