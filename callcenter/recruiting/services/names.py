"""How two spellings of one name are recognised."""

from callcenter.people.services import sort_name


def name_key(name: str) -> str:
    """What a name shares with its other spellings: its syllables, in any order.

    ``王小明``, ``王晓明``, ``Wang Xiaoming`` and ``Xiaoming Wang`` give the same.
    """
    spelled = sort_name(name).split()
    if spelled and spelled[-1] == "".join(spelled[:2]) and len(spelled) == 4:
        return "".join(sorted(spelled[:2]))
    # A name in Latin letters is followed by its initials, unless it is one word.
    words = spelled[:-1] if len(spelled) > 2 else spelled
    return "".join(sorted(words))
