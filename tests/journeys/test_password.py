"""A password's field: asked once, and shown when its owner wants to see what they typed."""

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import new_context

NOTE_TYPE = """
document.addEventListener("submit", (event) => {
  event.preventDefault();
  document.title = event.target.elements.password.type;
});
"""


def test_what_is_typed_can_be_shown_and_is_hidden_again_before_it_is_sent(
    browser: Browser, town, address: str
) -> None:
    page = new_context(browser, "phone").new_page()
    page.goto(f"{address}/accounts/login/")
    password = page.get_by_label("Password")
    password.fill("four quiet otters")
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show the password").click()
    expect(password).to_have_attribute("type", "text")
    expect(page.get_by_text("Your password is shown.")).to_be_attached()

    page.evaluate(NOTE_TYPE)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("password")
    page.get_by_role("button", name="Show the password").click()
    page.get_by_role("button", name="Hide the password").click()
    expect(password).to_have_attribute("type", "password")
    page.context.close()


def test_without_scripts_there_is_no_button_that_does_nothing(
    browser: Browser, town, address: str
) -> None:
    page = new_context(browser, "phone", java_script_enabled=False).new_page()
    page.goto(f"{address}/accounts/login/")
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_role("button", name="Show the password")).to_have_count(0)
    page.context.close()
