"""What may cross the walls between rooms, one module per teller: its events, and the questions it answers.

Types only: frozen dataclasses and protocols, no SQL and no defaults. `scrm.wiring.listeners` names who hears an event,
`scrm.wiring.ports` who answers a question.
"""
