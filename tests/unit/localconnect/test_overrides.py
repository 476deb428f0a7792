from localconnect.overrides import Answer, Failure, Overrides, Substitute


def test_several_for_one_resource_wait_in_line() -> None:
    overrides = Overrides()
    overrides.add("CheckHoursOfOperation", "arn:aws:connect:x:1:instance/i/operating-hours/h", Answer("InHours"))
    overrides.add("CheckHoursOfOperation", "h", Failure("NoMatchingError"))
    assert overrides.take("CheckHoursOfOperation", "h") == Answer("InHours")
    assert overrides.take("CheckHoursOfOperation", "h") == Failure("NoMatchingError")
    assert overrides.take("CheckHoursOfOperation", "h") is None


def test_other_resources_and_actions_take_none() -> None:
    overrides = Overrides()
    overrides.add("InvokeLambdaFunction", "arn:aws:lambda:x:1:function:f", Substitute("g"))
    assert overrides.take("InvokeLambdaFunction", "arn:aws:lambda:x:1:function:other") is None
    assert overrides.take("TransferContactToQueue", "arn:aws:lambda:x:1:function:f") is None
    assert overrides.take("InvokeLambdaFunction", "arn:aws:lambda:x:1:function:f") == Substitute("g")
