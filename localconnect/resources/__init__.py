"""What a template's AWS::Connect resources are, and how they are read.

models.py      queues, quick connects, telephone numbers, storage; and a resource as the template has it
identity.py    the types there are, and the ARNs and attributes of a template's resources
reading.py     their properties, into an instance
people.py      those of agents, and of what they have
"""
