"""What an unusual day may come from, in the words of the page."""

from collections.abc import Mapping

CAUSES: Mapping[str, tuple[str, str]] = {
    "page_down": ("当天落地页曾无法访问", "a landing page was down that day"),
    "tracking": (
        "点击正常而成效骤降，疑似追踪中断",
        "clicks were normal while results vanished, so tracking may have broken",
    ),
    "spend_changed": ("当天花费同向变化", "spend changed the same way that day"),
    "clicks_without_result": (
        "点击激增而转化未增，疑似无效点击",
        "clicks rose without results, so they may be invalid",
    ),
    "unknown": ("原因待查", "the cause is not known"),
}
