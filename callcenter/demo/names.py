"""Made-up names: Chinese ones with their pinyin, and Portuguese and English ones."""

from dataclasses import dataclass

import numpy as np
from pypinyin import lazy_pinyin

FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万"
)
GIVEN_FIRST = "子思雨欣佳俊浩宇晓文志嘉雅静梦诗一明建海春秋丽小婷若永天安瑞泽景书语"
GIVEN_SECOND = "涵怡轩杰琪婷豪宁阳洁慧琳峰萱悦敏辰颖瑶鑫博雯毅莹凯薇航妍超蕾磊倩霖娜"
GIVEN_SINGLE = "伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚玲倩晨帆彤悦宁"
PORTUGUESE_GIVEN = (
    "Ana", "Beatriz", "Carla", "Catarina", "Diana", "Duarte", "Filipa", "Gonçalo",
    "Helena", "Hugo", "Inês", "Joana", "João", "Leonor", "Luís", "Mafalda",
    "Margarida", "Mariana", "Marta", "Miguel", "Nuno", "Patrícia", "Pedro",
    "Raquel", "Rita", "Rui", "Sara", "Simão", "Sofia", "Teresa", "Tiago", "Tomás",
    "Vasco", "Vera",
)  # fmt: skip
PORTUGUESE_FAMILY = (
    "Almeida", "Antunes", "Azevedo", "Barbosa", "Batista", "Brito", "Cardoso",
    "Carvalho", "Coelho", "Correia", "Costa", "Cunha", "Dias", "Duarte", "Faria",
    "Fernandes", "Figueiredo", "Fonseca", "Freitas", "Gaspar", "Leal", "Lopes",
    "Machado", "Marques", "Matos", "Mendes", "Moreira", "Neves", "Nogueira",
    "Pacheco", "Pinto", "Ramos", "Reis", "Rocha", "Sequeira", "Simões", "Tavares",
    "Teixeira", "Valente", "Vieira",
)  # fmt: skip
ENGLISH_GIVEN = (
    "Amara", "Callum", "Chidi", "Eleanor", "Emeka", "Fiona", "Grace", "Harriet",
    "Imogen", "Isaac", "Kwame", "Liam", "Maeve", "Nadia", "Owen", "Priya", "Rosa",
    "Samir", "Tara", "Yusuf",
)  # fmt: skip
ENGLISH_FAMILY = (
    "Adeyemi", "Barlow", "Byrne", "Chaudhry", "Dunne", "Ellery", "Fenwick", "Hale",
    "Hartley", "Ibrahim", "Kerr", "Mensah", "Nolan", "Okafor", "Patel", "Quigley",
    "Rahman", "Sharpe", "Thorne", "Whitlock",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonName:
    """How somebody is called, and the same in plain latin letters."""

    family: str
    given: str
    latin: str


def chinese_name(rng: np.random.Generator) -> PersonName:
    """Draw a Chinese name; one in seven has a given name of one character."""
    # Common families come first in the list, so squaring favours them.
    family = FAMILY[int(len(FAMILY) * rng.random() ** 2)]
    if rng.random() < 1 / 7:
        given = GIVEN_SINGLE[int(rng.integers(len(GIVEN_SINGLE)))]
    else:
        given = (
            GIVEN_FIRST[int(rng.integers(len(GIVEN_FIRST)))]
            + GIVEN_SECOND[int(rng.integers(len(GIVEN_SECOND)))]
        )
    spelt = "".join(lazy_pinyin(given)).capitalize()
    return PersonName(family, given, f"{spelt} {lazy_pinyin(family)[0].capitalize()}")


def european_name(rng: np.random.Generator) -> PersonName:
    """Draw a Portuguese name, or in one of four cases an English-speaking one."""
    local = rng.random() < 0.75
    givens = PORTUGUESE_GIVEN if local else ENGLISH_GIVEN
    families = PORTUGUESE_FAMILY if local else ENGLISH_FAMILY
    given = givens[int(rng.integers(len(givens)))]
    family = families[int(rng.integers(len(families)))]
    return PersonName(family, given, f"{given} {family}")


def name_for(country: str, rng: np.random.Generator) -> PersonName:
    """Draw a name that fits a site of that country."""
    if country == "CN" or rng.random() < 0.08:
        return chinese_name(rng)
    return european_name(rng)
