"""What a caller sees and does on the phone page, against the small line of :mod:`tests.small_line`."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.small_line import ASK_ACCOUNT, ASK_PIN, BALANCE, GOODBYE, GREETING, MENU, FakeFunctions

REFUSED = """(address) => new Promise((resolve) => {
    const socket = new WebSocket(address);
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
})"""
VOICE = """
    window.spoken = [];
    const voices = [
        { lang: "en-GB", localService: true, name: "B" },
        { lang: "en_US", localService: false, name: "A" },
        { lang: "yue-HK", localService: true, name: "C" },
    ];
    class Utterance { constructor(text) { this.text = text; } }
    Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
    Object.defineProperty(window, "speechSynthesis", { value: {
        getVoices: () => voices,
        cancel: () => window.spoken.push("silence"),
        speak: (utterance) => {
            window.spoken.push([utterance.voice.name, utterance.text]);
            setTimeout(() => utterance.onend?.(), 30);
        },
    } });
"""


def said(page: Page, text: str) -> Locator:
    return page.locator("#transcript .line", has_text=text)


def typed(page: Page) -> list[str]:
    return page.locator("#transcript .caller").all_inner_texts()


def call(page: Page) -> None:
    page.get_by_role("button", name="Call", exact=True).click()


def dial_key(page: Page, key: str) -> None:
    page.locator(f'#keypad [data-key="{key}"]').click()


def hang_up(page: Page) -> None:
    page.get_by_role("button", name="Hang up").click()


def test_call_from_greeting_to_balance(page: Page, functions: FakeFunctions) -> None:
    expect(page).to_have_title("localconnect phone · small-line")
    call(page)
    expect(said(page, GREETING)).to_have_attribute("lang", "zh-CN")
    expect(said(page, MENU)).to_have_attribute("lang", "en-US")
    dial_key(page, "1")
    expect(said(page, ASK_ACCOUNT)).to_be_visible()
    for key in "6000#":
        dial_key(page, key)
    expect(said(page, ASK_PIN)).to_be_visible()
    for key in "2468#":
        dial_key(page, key)
    expect(said(page, BALANCE)).to_be_visible()
    expect(page.locator("#state")).to_have_text("Call ended")
    assert typed(page) == ["1", "6000#", "•••••"]
    assert functions.events[0]["Details"]["ContactData"]["CustomerEndpoint"]["Address"] == "+8613800138000"


def test_key_cuts_the_prompt_short(page: Page) -> None:
    call(page)
    expect(said(page, MENU)).to_be_visible()
    page.keyboard.press("1")
    expect(said(page, ASK_ACCOUNT)).to_be_visible()
    assert typed(page) == ["1"]


def test_secret_keys_are_nowhere_on_the_page(page: Page) -> None:
    call(page)
    expect(said(page, MENU)).to_be_visible()
    page.keyboard.press("1")
    expect(said(page, ASK_ACCOUNT)).to_be_visible()
    page.keyboard.type("6#")
    expect(said(page, ASK_PIN)).to_be_visible()
    page.keyboard.type("9879")
    expect(page.locator("#digits")).to_have_text("••••")
    assert "9" not in page.locator("main .record").inner_text()
    assert typed(page)[-1] == "••••"


def test_keys_typed_ahead_are_dots_until_the_line_takes_them(page: Page, functions: FakeFunctions) -> None:
    functions.may_answer.clear()
    call(page)
    expect(said(page, MENU)).to_be_visible()
    page.keyboard.press("1")
    expect(said(page, ASK_ACCOUNT)).to_be_visible()
    page.keyboard.type("6#")
    expect(said(page, ASK_PIN)).to_be_visible()
    page.keyboard.type("1#")
    expect(page.locator("#actions")).to_contain_text("InvokeLambdaFunction")
    page.keyboard.type("57")
    expect(page.locator("#digits span")).to_have_text("••")
    functions.may_answer.set()
    expect(said(page, BALANCE)).to_be_visible()
    expect(page.locator("#digits span")).to_have_text("")
    assert typed(page) == ["1", "6#", "••"]


def test_silence_times_out(page: Page) -> None:
    call(page)
    expect(page.locator("#state")).to_have_text("Listening")
    expect(said(page, GOODBYE)).to_be_visible()
    expect(page.locator("#transcript .note")).to_contain_text("The flow ended the call.")


def test_hang_up_by_button_in_the_queue(page: Page) -> None:
    call(page)
    expect(said(page, MENU)).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#state")).to_have_text("In the queue Service")
    hang_up(page)
    expect(page.locator("#state")).to_have_text("Call ended")
    expect(page.locator("#transcript .note").last).to_contain_text("You left the queue.")


def test_keyboard_alone_calls_and_hangs_up(page: Page) -> None:
    page.get_by_label("Your number").press("Enter")
    expect(said(page, GREETING)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#transcript .note")).to_contain_text("You hung up.")
    expect(page.get_by_role("button", name="Call", exact=True)).to_be_visible()


def test_number_is_checked_and_remembered(page: Page) -> None:
    number = page.get_by_label("Your number")
    expect(number).to_have_value("+8613800138000")
    number.fill("13800138000")
    call(page)
    expect(page.get_by_role("alert")).to_contain_text("country code")
    expect(number).to_be_focused()
    number.fill("+852 9123 4567")
    call(page)
    expect(said(page, GREETING)).to_be_visible()
    page.reload()
    expect(number).to_have_value("+85291234567")


def test_digits_typed_into_the_number_are_no_keys(page: Page) -> None:
    number = page.get_by_label("Your number")
    number.fill("+852")
    number.press_sequentially("9123*")
    expect(number).to_have_value("+8529123*")


def test_trace_shows_actions_and_attributes(page: Page) -> None:
    page.locator("summary").click()
    call(page)
    expect(said(page, MENU)).to_be_visible()
    page.keyboard.press("1")
    expect(said(page, ASK_ACCOUNT)).to_be_visible()
    page.keyboard.type("60#")
    expect(page.locator("#attributes")).to_have_text("account60")
    expect(page.locator("#actions li").first).to_contain_text("ask pin")


def test_page_speaks_three_languages(page: Page) -> None:
    page.get_by_label("Language of this page").select_option("zh-HK")
    expect(page.get_by_role("button", name="致電")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-HK")
    page.reload()
    expect(page.get_by_role("button", name="致電")).to_be_visible()


@pytest.mark.parametrize("messages", ["phone-messages.js", "agent-messages.js"])
def test_nothing_lacks_in_any_language(page: Page, messages: str) -> None:
    names = page.evaluate(
        """async (messages) => {
            const { CATALOGUE } = await import(`/web/${messages}`);
            const names = (words) => Object.entries(words).flatMap(([name, text]) =>
                typeof text === "object" ? names(text).map((inner) => `${name}.${inner}`) : [name]).sort();
            return Object.fromEntries(Object.entries(CATALOGUE).map(([tag, words]) => [tag, names(words)]));
        }""",
        messages,
    )
    assert names.keys() == {"en", "zh-CN", "zh-HK"}
    assert names["en"] == names["zh-CN"] == names["zh-HK"]


def test_prompt_without_a_voice_is_paced_and_said_so_once(page: Page) -> None:
    page.get_by_role("switch", name="Speech").check()
    call(page)
    expect(said(page, GREETING)).to_be_visible()
    expect(page.locator("#voice-note")).to_contain_text("no voice for Chinese (China)")
    expect(page.locator("#state")).to_have_text("Speaking")
    begun = time.monotonic()
    expect(said(page, MENU)).to_be_visible()
    assert time.monotonic() - begun > 0.2


def test_prompts_are_spoken_by_the_best_voice(browser: Browser, address: str) -> None:
    """The American voice before the British, whatever the tag's spelling; Cantonese stands in for Mandarin nowhere."""
    context = browser.new_context(locale="en-US")
    context.add_init_script(VOICE)
    page = context.new_page()
    page.goto(f"http://{address}/phone")
    call(page)
    expect(said(page, GOODBYE)).to_be_visible(timeout=15_000)
    spoken = [entry for entry in page.evaluate("window.spoken") if entry != "silence"]
    assert spoken[0] == ["A", "Press 1 for your balance, or 2 for an agent."]
    assert {voice for voice, text in spoken} == {"A"}
    context.close()


def test_line_that_breaks_off_is_reported(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en-US")
    page.route_web_socket("**/phone/call", lambda socket: socket.close())
    page.goto(f"http://{address}/phone")
    call(page)
    expect(page.locator("#transcript .error")).to_contain_text("The line does not answer.")
    expect(page.get_by_role("button", name="Call", exact=True)).to_be_visible()
    page.close()


def test_page_of_another_origin_may_not_call(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"http://{address.replace('127.0.0.1', 'localhost')}/phone")
    assert page.evaluate(REFUSED, f"ws://{address}/phone/call") == "refused"
    page.close()


def test_everything_fits_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-US")
    page.goto(f"http://{address}/phone")
    call(page)
    expect(page.get_by_role("button", name="Hang up")).to_be_in_viewport(ratio=1)
    expect(said(page, GREETING)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
