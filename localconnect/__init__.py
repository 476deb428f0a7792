"""Amazon Connect on a laptop: runs flows, flow modules and test cases unchanged, without AWS.

instance.py   the instance, built from the CloudFormation template that deploys it; loose.py, from flow files alone
engine.py     runs a contact's flow; language/ is how flows are written, actions/ what each action does
doubles.py    what answers for Amazon Lex, Customer Profiles and other services that are not here
scripted.py   a call whose keys are known beforehand
server.py     a phone in the browser
testing/      runs test cases written in Connect's testing language; pytest_plugin.py makes them tests of pytest
stubs.py      functions that answer from a file
cli/          the command line
"""
