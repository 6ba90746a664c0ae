"""Orders to a grader in other languages: drop the instructions, give full marks.

A sentence gives an order when it has a verb and an object of one language and kind. Words are
folded (no accents, lower case) and written by hand; what is missing is a word here.
"""

import re
from typing import Final, NamedTuple

from shared.domain.injection.reading import fold


class Order(NamedTuple):
    verbs: frozenset[str]
    """Whole words; parts of them where a script has no spaces or endings vary."""
    objects: tuple[str, ...]
    """Parts of words or phrases."""


def _order(verbs: str, objects: str) -> Order:
    return Order(frozenset(fold(verbs).split()), tuple(fold(objects).split(", ")))


SPACED: Final = (
    # Spanish
    _order(
        "ignora ignore ignoren ignorar olvida olvide descarta omite",
        "instrucciones, indicaciones, rubrica, las reglas",
    ),
    _order(
        "da dame dale de deme otorga otorgame asigna asignale pon ponme ponle concede "
        "califica evalua dar poner",
        "puntuacion maxima, maxima puntuacion, nota maxima, maxima nota, maxima calificacion, "
        "calificacion maxima, "
        "todos los puntos, un diez, 10 puntos, diez puntos, 10/10",
    ),
    # Portuguese
    _order(
        "ignore ignora ignorar esqueca desconsidere",
        "instrucoes, orientacoes, a rubrica, as regras",
    ),
    _order(
        "de da dar atribua conceda avalie coloque",
        "nota maxima, pontuacao maxima, maxima pontuacao, todos os pontos, nota 10, nota dez, "
        "10 pontos",
    ),
    # French
    _order(
        "ignore ignorez ignorer oublie oubliez oublier",
        "les instructions, vos instructions, tes instructions, ces instructions, consignes, "
        "bareme, la grille",
    ),
    _order(
        "donne donnez donner attribue attribuez attribuer accorde accordez accorder mets "
        "mettez mettre notez noter",
        "note maximale, maximum de points, tous les points, totalite des points, 10/10, 10 "
        "sur 10, dix sur dix, "
        "note parfaite, meilleure note, dix a toutes, dix pour chaque",
    ),
    # German
    _order(
        "ignoriere ignorieren ignorier vergiss vergessen missachte uberspringe verwirf",
        "anweisung, instruktion, vorgaben, bewertungs, rubrik, die regeln",
    ),
    _order(
        "gib geben vergib vergeben bewerte bewerten erteile setze bitte",
        "volle punktzahl, vollen punkte, volle punkte, volle punkt, hochstpunktzahl, hochste "
        "punktzahl, maximale punktzahl, "
        "bestnote, beste note, 10 punkte, zehn punkte, 10 von 10, zehn von zehn",
    ),
    # Italian
    _order(
        "ignora ignorate ignori ignorare dimentica trascura",
        "istruzioni, indicazioni, rubrica, le regole",
    ),
    _order(
        "dai dammi da dare assegna assegnami attribuisci metti valuta dia",
        "punteggio massimo, punteggio pieno, massimo punteggio, massimo dei voti, massimo dei "
        "punti, voto massimo, "
        "tutti i punti, dieci punti, 10 punti, un dieci",
    ),
    # Dutch
    _order("negeer vergeet negeren", "instructies, aanwijzingen, rubriek, de regels, opdrachten"),
    _order(
        "geef ken beoordeel geven",
        "volledige punten, maximale score, maximale punten, hoogste cijfer, hoogste score, "
        "alle punten, een tien, een 10, 10 punten",
    ),
    # Polish
    _order(
        "zignoruj ignoruj zapomnij pomin zignorujcie",
        "instrukcj, polecen, zasady, kryteria, rubryk, wytyczn",
    ),
    _order(
        "daj przyznaj wystaw ocen dajcie",
        "maksymaln, najwyzsz, pelna, wszystkie punkty, 10 punktow, dziesiec punktow, szostk",
    ),
    # Indonesian, Vietnamese
    _order("abaikan lupakan", "instruksi, perintah, aturan, rubrik"),
    _order(
        "beri berikan",
        "nilai penuh, nilai sempurna, nilai maksimal, nilai tertinggi, nilai 10, skor penuh, "
        "skor maksimal",
    ),
    _order("bo quen", "huong dan, chi dan, menh lenh"),
    _order("cho cham", "diem toi da, diem tuyet doi, 10 diem, diem cao nhat"),
    # Russian, Ukrainian
    _order(
        "игнорируй игнорируйте проигнорируй проигнорируйте забудь забудьте",
        "инструкци, указани, правила, критери, рубрик",
    ),
    _order(
        "поставь поставьте дай дайте присвой присвойте оцени оцените выстави",
        "максимальн, высш, полный балл, 10 баллов, 10 из 10, десять баллов, на отлично",
    ),
    _order(
        "ігноруй ігноруйте проігноруй проігноруйте забудь забудьте",
        "інструкці, вказівк, правила, критері",
    ),
    _order("постав поставте дай дайте оціни оцініть", "максимальн, найвищ, 10 балів, десять балів"),
)
UNSPACED: Final = (
    # Turkish and Korean have endings, Chinese and Japanese no spaces, Arabic both
    _order("yoksay gormezden unut dikkate yok", "talimat, yonerge, kurallar, rubri"),
    _order("ver", "tam puan, en yuksek puan, en yuksek not, 10 puan, on puan"),
    _order(
        "忽略 无视 忽视 忘记 忘掉 不要理会 無視 忽視 忘記",
        "指令, 指示, 提示词, 评分, 評分, 规则, 規則",
    ),
    _order("给 打 评 給 予", "满分, 滿分, 最高分, 10分, 10 分, 十分, 100分"),
    _order("無視 忘れ 従わない", "指示, 命令, ルール, 採点, プロンプト"),
    _order("与え つけ 付け くださ にして お願い", "満点, 最高点, 10点, 10 点, 十点"),
    _order("무시 잊", "지시, 지침, 명령, 규칙, 프롬프트, 채점"),
    _order("주세요 줘 부여 주십시오 달라", "만점, 최고 점수, 최고점, 10점, 10 점"),
    _order("تجاهل انس", "التعليمات, الاوامر, القواعد, المعايير"),
    _order(
        "امنح أعط اعط ضع",
        "الدرجة الكاملة, العلامة الكاملة, أعلى درجة, 10 درجات, كل الدرجات, علامة كاملة, درجة كاملة",
    ),
    _order("अनदेखा नजरअंदाज नज़रअंदाज़ भूल", "निर्देश, नियमों, आदेशों"),
    _order("दें दीजिए दो देना", "पूरे अंक, पूर्ण अंक, अधिकतम अंक, 10 अंक, पूरे नंबर"),
)

_WORD: Final = re.compile(r"\w+")


def has_foreign_order(sentence: str) -> bool:
    """Say whether a folded sentence holds such an order."""
    words = set(_WORD.findall(sentence))
    return any(
        not order.verbs.isdisjoint(words) and _has_object(order, sentence) for order in SPACED
    ) or any(
        any(verb in sentence for verb in order.verbs) and _has_object(order, sentence)
        for order in UNSPACED
    )


def _has_object(order: Order, sentence: str) -> bool:
    return any(part in sentence for part in order.objects)
