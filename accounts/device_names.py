"""What a browser and its device are called, for their owner to know them again."""

# What they say of themselves, the most telling first: Edge says "Chrome" too, and Android "Linux".
BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
    "CrOS": "Chromebook", "Mac OS": "Mac", "Linux": "Linux",
}  # fmt: skip


def name_of_device(user_agent: str) -> str:
    """Such as "Chrome on Android", by the User-Agent header."""
    browser = next((BROWSERS[word] for word in BROWSERS if word in user_agent), "Browser")
    system = next((SYSTEMS[word] for word in SYSTEMS if word in user_agent), None)
    return f"{browser} on {system}" if system else browser
