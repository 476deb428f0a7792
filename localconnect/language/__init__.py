"""The flow language: what may be written (schema, document) and what is made of it (references, conditions).

Source: pages "Amazon Connect Flow language" and those of its actions, Amazon Connect API Reference.
"""
