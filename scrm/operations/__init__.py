"""Operations: what an administrator sees of the machine: callbacks, syncs, parked work, the audit trail, the pulse.

Reads and replays rows of the edge and of the ground floor. Hears and tells nothing.
"""
