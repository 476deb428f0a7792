import pytest

from localconnect.testing.similarity import includes, is_similar


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("Press 1 to be connected to an agent.", "press 1 to be connected to an agent"),
        ("欢迎致电，普通话请按1。", "欢迎致电 普通话请按１"),
        ("<speak>Hello,<break/> World</speak>", "hello world"),
        ("Thank you for calling. Please hold.", "Thank you for calling; please hold on."),
    ],
)
def test_similar(heard: str, expected: str) -> None:
    assert is_similar(heard, expected)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [("Goodbye.", "Press 1 to be connected"), ("普通话请按1。", "请输入您的资金账号"), ("", "anything")],
)
def test_not_similar(heard: str, expected: str) -> None:
    assert not is_similar(heard, expected)


@pytest.mark.parametrize(
    ("heard", "expected", "included"),
    [
        ("Your contract number is 10023.", "contract NUMBER", True),
        ("您的合同号是 10023。", "合同号是10023", True),
        ("Your contract number is 10023.", "order number", False),
    ],
)
def test_inclusion(heard: str, expected: str, included: bool) -> None:
    assert includes(heard, expected) is included
