"""Amazon Connect on a laptop: runs flows, flow modules and test cases unchanged, without AWS.

instance.py   the instance, built from the CloudFormation template that deploys it
engine.py     runs a contact's flow; language/ is how flows are written, actions/ what each action does
scripted.py   a call whose keys are known beforehand
server.py     a phone in the browser
testing/      runs test cases written in Connect's testing language
"""
