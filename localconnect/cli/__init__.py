"""The command `localconnect`.

commands.py   the table of the commands, each in a module of its own
line.py       the instance and the functions that a command's options name
screen.py, phone.py, problem.py, lazy.py    what commands have in common, those of other programs too
"""
