class Verdict:
    pass


def check_roster(*a):
    pass
