"""The mathematics of a call center: arrays in, frozen results out.

Nothing here knows the web, the database, the clock or a global random generator.
"""
