"""Somebody who uses the keyboard alone: Tab to what is wanted, then type or press Enter."""

from playwright.sync_api import Page

MOST_TABS = 80
NAME = """() => {
  const each = document.activeElement;
  return (each.labels?.[0] ?? each).innerText?.replaceAll(/\\s+/g, " ").trim() ?? "";
}"""
IS_SEEN = """() => {
  const each = document.activeElement, box = each.getBoundingClientRect();
  const drawn = getComputedStyle(each).outlineStyle !== "none";
  return drawn && box.bottom > 0 && box.top < innerHeight;
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus; whatever has it on the way is seen to."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(NAME))
        assert page.evaluate(IS_SEEN), f"the focus on {passed[-1]!r} can't be seen"
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"{name!r} isn't reached: {passed}")


def type_into(page: Page, label: str, text: str) -> None:
    """Fill a field."""
    tab_to(page, label)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def enter(page: Page, name: str) -> None:
    """Follow a link or press a button, to the page that it leads to."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
