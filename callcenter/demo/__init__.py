"""The demo company: who it is, and the simulator that lets it live for 14 months.

Everything here is a pure function of a seed and a date. `founding.build_company`
invents the people, teams, clients and queues; `history.simulate_history` lets calls
arrive, wait, be handled and be abandoned. Loading the result is somebody else's job.
"""
