"""What people call the columns of the canonical tables: the patterns beside this module."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from playbook.params.document import read_document
from playbook.params.model import TableName
from playbook.sources.files.layout import Level, plain

FILE = Path(__file__).with_suffix(".yml")


def _any_of(*words: str) -> re.Pattern[str]:
    """Compile a pattern that one of several words answers, whatever its case."""
    return re.compile("|".join(words), re.IGNORECASE)


RATE = _any_of(
    r"%|/|\bper\b|\bpro\b|\bpar\b|\bpor\b|\bavg\b|\baverage\b|\brates?\b|\bratio\b|\bshare\b",
    r"\bfrequency\b|^e?c[pt][a-z]$|\be?cp[a-z]\b|\bctr\b|\bcvr\b|\bvtr\b|\broi\b|\broas\b|\bt?acos\b",
    r"\bdurchschn|\bmoyen|\bpromedio|\btaux\b|\btasa\b|\bmedian\b|\brank\b|\bposition\b|\bscore\b",
    "率|平均|均价|单价|占比|比例|同比|环比|频次|千次|每次|每千|单次|人均|次均|排名",
    "(?<!投放)(?<!广告)(?<!推广)(?<!总)(?<!^)成本",
)
"""What marks a header as a ratio, which is never taken: ratios are made of sums."""

NUMBERED = _any_of(
    r"\bids?\b|\bcode\b|\bnumber\b(?! of)|\bno\.?$|\bnr\.?$|nummer|\bsku\b|\bzip\b|\bphone\b",
    r"\bnuméro\b(?! de clics)|\bnúmero\b(?! de clics)|编号|编码|号$|号码|手机",
)
"""What marks a header as a number that only names something, and is never counted."""

AMOUNT = _any_of(
    r"\bamount\b|\bvalue\b|\brevenue\b|\bsales\b|\bcosts?\b|\bspen[dt]\b|\bprice\b|\bbudget\b|\bgmv\b",
    r"betrag|\bwert\b|umsatz|kosten|\bmontant\b|\bvaleur\b|dépens|\bimporte\b|\bvalor\b|\bcoste\b|\bgasto",
    "金额|额$|费用|价格|花费|消耗|收入|[€$£¥]",
)
"""What marks a header as money, which is never a count."""

NOT_SPEND = _any_of(
    r"budget|\bbids?\b|\blimit\b|refund|shipping|\btax|\bgoods\b|\bproduct cost|balance|\bmax\b",
    r"saved|presupuesto|cumulative|lifetime|\bto date\b|estimated|forecast|planned",
    "预算|出价|限额|退款|运费|税|余额|充值|累计|预计|预估|计划(花费|消耗)",
)
NOT_REVENUE = _any_of(
    r"\bcosts?\b|budget|refund|shipping|\btax|discount|\bfees?\b|duties|\btips?\b",
    r"\blineitem\b|line item|\bunits?\b|\bprice\b|outstanding|reversal|gross sales",
    r"\bquantity\b|\bcount\b|cumulative|forecast",
    "退款|运费|税|优惠|折扣|商品单价|客户收入|数量|累计|预计|预估",
)

LEVELS: Mapping[Level, re.Pattern[str]] = {
    "account": _any_of(
        r"\b(ad )?account( name)?\b|advertiser|\bkonto(name)?\b|\bcuenta\b|\bcompte\b",
        "账户|账号|广告主",
    ),
    "campaign": _any_of(
        r"\bcampaigns?( name)?\b|kampagne|campaña|\bcampagne\b|\bcampanha\b|\binsertion order\b",
        r"\bcampagna\b|推广计划|广告系列|计划|项目|系列|活动名称|推广名称",
    ),
    "group": _any_of(
        r"\bad ?(group|set|squad)s?( name)?\b|\bline item\b|anzeigengruppe|grupo de anuncios",
        r"conjunto de anuncios|ensemble de publicités|groupe d.annonces|推广单元|广告组|单元",
    ),
    "ad": _any_of(
        r"^(ad|ads|ad name|ad title|creative( name)?|keyword|asset)$|\b(ad|creative) name\b",
        r"\banzeige\b|\banuncio\b|\bannonce\b|\bpublicité\b|创意|素材|广告名称|关键词",
    ),
}
"""What the levels of a platform are called, looked for from the finest to the widest."""

BREAKDOWN = _any_of(
    r"\bdevice\b|\bgender\b|\bage\b|\bregion\b|\bcountry\b|\bcity\b|\bplacement\b|\bnetwork\b",
    r"\bhour\b|\blanding page\b|\bsearch term\b|\bmatch type\b|\bproduct\b|\bgerät\b",
    r"\bdispositivo\b|\bappareil\b|\bpays\b|\bland\b|\bpaís\b|设备|性别|年龄|地域|省|城市|版位|时段|小时|搜索词|人群|定向|落地页|商品",
)
STATUS = _any_of(
    r"^((financial|payment|order) status|(order|payment) state|status|state)$",
    r"^(bestellstatus|zahlungsstatus|statut( de la commande)?|estado( del pedido)?)$",
    "^(订单状态|支付状态|付款状态|交易状态|状态)$",
)
UNPAID = _any_of(
    "cancel|unpaid|pending|fail|void|expired|on-?hold|checkout-draft|trash",
    "storniert|unbezahlt|offen|annul|impay|en attente|pendiente",
    "待付款|待支付|未付款|未支付|取消|已关闭|交易关闭",
)
PAID = _any_of(
    "^(paid|partially[_ ]paid|completed?|processing|refunded|partially[_ ]refunded|fulfilled)$",
    "^(shipped|delivered|authorized|closed|success(ful)?)$",
    "^(已付款|已支付|已完成|完成|交易成功|交易完成|待发货|已发货|已收货|已签收|已退款|退款成功)$",
    "^(bezahlt|abgeschlossen|versendet|payée?|terminée?|expédiée?|remboursée?|pagado|completado)$",
)
PERSON = _any_of(r"\be ?mail\b|\bphone\b|\bcorreo\b|邮箱|手机")
"""What marks a header as the address of a person, which is no pseudonym."""

CURRENCY = _any_of(r"^(currency( code)?|币种|货币(代码)?|währung|moneda|devise|valuta)$")
ENDS = _any_of(r"\bend(s|ing)?\b|\bstop\b|结束|ende\b|\bfin\b|\bto date\b")
STARTS = _any_of(r"\bstart(s|ing)?\b|\bbegin|开始|\bfrom date\b|\bdébut\b|\binicio\b")
MICROS = _any_of(r"\bmicros?\b")
CENTS = _any_of(r"\bcents?\b|\bfen\b|[(（]分[)）]")
"""Units of money whose numbers are a million and a hundred times the amount."""

COARSE = _any_of(
    r"\b(week|month|quarter|woche|monat|semaine|mois|semana|mes)\b|周|月份|季度",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """How a canonical column is called, the best pattern first, and what it tells of a table."""

    weight: int
    patterns: tuple[re.Pattern[str], ...]

    def rank(self, header: str) -> int | None:
        """Return the place of the first pattern that a header answers; None where none does."""
        bare = words_of(header)
        ranks = (rank for rank, one in enumerate(self.patterns) if one.search(bare))
        return next(ranks, None)


@cache
def vocabulary() -> Mapping[TableName, Mapping[str, Words]]:
    """Return what columns are called, by canonical table and column."""
    content = read_document(FILE).content
    return {cast("TableName", table): _columns(columns) for table, columns in content.items()}


def _columns(columns: Mapping[str, Mapping[str, object]]) -> Mapping[str, Words]:
    return {name: _words(entry) for name, entry in columns.items()}


def words_of(header: str) -> str:
    """Return a header as its words: lower case, without currency, underscores and camel humps."""
    humps = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[_\-.:'’]+", " ", plain(humps)).split())


def _words(entry: Mapping[str, object]) -> Words:
    patterns = cast("list[str]", entry["words"])
    return Words(
        weight=cast("int", entry["weight"]),
        patterns=tuple(re.compile(one, re.IGNORECASE) for one in patterns),
    )
