"""All rules, in the order in which they are tried."""

from typing import Final

from assistant.calculation.advertising import ADVERTISING_FORMULAS, daily_budget, highest_bid
from assistant.calculation.deadlines import DEADLINES, deadline, payout_day
from assistant.calculation.fixed_rates import per_unit, share_of
from assistant.calculation.fulfilment import base_plus_weight, fuel_surcharge, fulfilment, local_or_efn, low_inventory
from assistant.calculation.limits import over_limit
from assistant.calculation.margins import MARGIN_FORMULAS, highest_pack_price, margin_left, multipack_price
from assistant.calculation.norms import NORM_FORMULAS, NORMS, PRIME_NORMS, against_norm, orders_needed, return_rate, returns_over_threshold
from assistant.calculation.packaging import PACKAGING_FORMULAS
from assistant.calculation.plans import months_of_plan, selling_plan
from assistant.calculation.promotions import coupon_fee, extra_sales_needed, prime_discount, vine_fee
from assistant.calculation.reading import Question
from assistant.calculation.referral_fees import digital_surcharge, fee_change, price_limit, referral_fee, refund_fee
from assistant.calculation.removals import removal_fee
from assistant.calculation.roles import assign
from assistant.calculation.rules import Outcome, Rule
from assistant.calculation.size_tiers import SIZES, size_tier
from assistant.calculation.sources import Sources
from assistant.calculation.stock import STOCK_FORMULAS, reorder_point, shelf_life
from assistant.calculation.storage import aged_storage, storage_fee
from assistant.calculation.thresholds import ASKS_ROOM, room_below_limit, total_against_limit
from assistant.calculation.totals import total_fee
from assistant.calculation.vat import vat, vat_lost_on_stock, vat_that_stays
from assistant.calculation.weights import shipping_weight

FORMULAS: Final = (*ADVERTISING_FORMULAS, *MARGIN_FORMULAS, *STOCK_FORMULAS, *NORM_FORMULAS, *PACKAGING_FORMULAS)


def _formula(question: Question, sources: Sources) -> Outcome | None:
    """The first formula of ``FORMULAS`` that the question asks for, that a fact gives, and whose operands are all there."""
    for entry in FORMULAS:
        if question.of("pond") or not question.says(entry.asks) or question.says(entry.refuses):
            continue
        found = assign(question, entry.roles)
        hit = sources.find(entry.fact) if found else None
        text = entry.show(found) if found and hit and all(value > 0 for value in found.values()) else ""
        if hit and text:
            return Outcome(text, (hit.fact,))
    return None


_OTHER_FEES: Final = (
    r"(?:incl|excl|met|zonder)\w*(?: btw)? of (?:incl|excl|met|zonder)|fba\b|waarom|\d+ cent\b|terug|boven op de|bovenop|goedkope (?:artikel|product)|lage.prijs|voordelige|fulfilment|\w*opslag|coupon|voucher|kortingsbon|\w*korting|afgeprijsd|\w*advert|t?acos|roas|bod\b|per klik|kor\b|"
    r"kleineondernemers|digital|dsf\b|terugbeta|\w*retour|stuurt|refund|tiktok|kaufland|bol\b|temu|verzeker|douane|mcf\b|bezorg|verzendgewicht|marge|winst|"
    r"samen\b|bij elkaar|inkoop|ingekocht|koop\w* .{0,20}\bin\b"
)
_ASKS_FEE: Final = (
    r"\w*com+is+ie|verwijzingskost|referral|verkoopkosten|afge(?:ven|staan)|in zijn zak|snoept|provisie|afdr?a+g|houdt amazon|houden ze|amazon (?:er|daar)?(?:van|aan|voor)? ?(?:af)?houdt|amazon (?:er|daar)(?:van|aan|voor)|houdt amazon|rekent amazon|pakt amazon|gaat er ?af|gaat eraf|"
    r"bij amazon hangen|percentage|procent|\w*tarief|betaal (?:ik|je)|betalen|wat kost|\d+ ?%|verschil|scheel"
)
RULES: Final = (
    Rule("total fee", r"totaal|totale|samen|alles|bij elkaar|kwijt|alle kosten|amazon.?kosten|gaat er|plus|\+|optel & \w*com+is+ie|verwijzing|referral|fba\b|individue|amazon.?kosten",
         total_fee, r"inkoop|ingekocht|koop\w* .{0,20}\bin\b|advert|acos|terugbeta|kor\b|opslag"),
    Rule("margin", r"hou|over\b|marge|winst|verdien", margin_left),
    Rule("digital surcharge", r"digital|dsf\b|toeslag|boven op|bovenop|extra", digital_surcharge, r"brandstof|fba\b|\w*opslag|verouderd"),
    Rule("refund fee", r"terugbeta|refund|\w*retour|terug\b|stuurt|administratiekosten", refund_fee,
         r"kwijt|verloren|verlies|kostprijs|minimum|verschil|prijs daal|daalde|gedeelte|deels|helft|fba\b|boek|dvd|muziek|video|film|cd\b|abonnement|claim|magazijn|vergoed|gaf|budget"),
    Rule("VAT lost on stock", r"kor\b|kleineondernemers & inkoop|inkopen|\w*voorraad|koop", vat_lost_on_stock, r"commissie|fee|amazon.?kosten|omzet|grens", other_shops=True),
    Rule("VAT that stays", r"kor\b|kleineondernemers|\w*vrijgesteld|btw-vrij", vat_that_stays, other_shops=True),
    Rule("fee change", r"scheel|verlag|daal|gedaald|omlaag|goedkoper|bespaar|minder", fee_change, r"naar\b|fba\b|in plaats van|i\.?p\.?v|tegenover|tussen", is_timeless=True),
    Rule("price limit", r"grens|drempel|boven|onder & verzend|porto", price_limit, _OTHER_FEES),
    Rule("referral fee", _ASKS_FEE, referral_fee, _OTHER_FEES, home=r"^over een .{2,40} van € [\d,]+ betaal je .*\d+%"),
    Rule("coupon", r"coupon|voucher|kortingsbon", coupon_fee, r"\w*budget"),
    Rule("promotion", r"\w*korting|actie|deal", extra_sales_needed),
    Rule("share", r"coupon|kortingsbon|voucher|tiktok|btw|mkb", share_of, other_shops=True),
    Rule("prime discount", r"prime & \w*korting|deal|prijs", prime_discount),
    Rule("selling plan", r"individue|professione|plan\b|verkoopplan|abonnement|zonder vaste? (?:kost|prijs)", selling_plan,
         r"per (?:week|dag|jaar|kwartaal)|week|jaar|assortiment|catalogus|sku", home="kosten per verkocht artikel: individueel"),
    Rule("months", r"individue|profession|plan\b|verkoopplan|abonnement|maandbedrag|kaufland", months_of_plan, r"terug|opsturen|voorraad|korting|vooruit", other_shops=True),
    Rule("aged storage", r"oud\b|ouder|verouderd|toeslag|lig|stof|aged|langetermijn|dagen", aged_storage,
         r"brandstof|dekking|lage.voorraad"),
    Rule("storage", r"\w*opslag|storage|m3|kuub|kubieke|opslaan|bewaren|laten liggen|per maand", storage_fee,
         r"kleding|schoen|tas\b|tassen|gevaarlijk|parfum|spuitbus|oud\b|ouder|verouderd|jaar\b|jaren|bovenop|extra|gebruikstoeslag|capaciteit|limiet|\w*gewicht|webshop"),
    Rule("low inventory", r"dekking|lage.voorraad|voorraad", low_inventory, home="lage-voorraadtoeslag kost in duitsland"),
    Rule("removal", r"terugstur|terug te|terugkom|terugkrijg|terughal|terug laten|laten terug|verwijder|removal|teruggestuurd", removal_fee,
         r"vernietig|claim|kwijt|klant|gratis", home="^(?:standaardformaat|overmaat) t/m 500 g: tarief per stuk"),
    Rule("EFN or local", r"efn\b|over de grens & lokaa?l|pan.eu|verschil|scheel|duurder|in plaats van|meer", local_or_efn),
    Rule("base plus weight", r"(?:klein|middelgroot|groot) pakket [123](?!\d|[,.]\d)|\w*overmaat", base_plus_weight, r"efn\b|terug"),
    Rule("fulfilment", rf"{'|'.join(pattern for _, pattern in SIZES)}|fba\b|fulfil|per verzonden stuk & kost|fba\b|fulfil|hoeveel|betaal|rekent|tarief|\w*toeslag|1,5|anderhalf|stuks",
         fulfilment, r"prijsgrens|gewichtsgrens|dekking|lage.voorraad|terug|verschil|scheel|overmaat|\w*opslag|m3|kuub|marge|winst|hou|mcf\b|advert|piek", home=r"t/m [\d,]+ k?g: .*lokaal/pan-eu 2026|t/m [\d,]+ k?g: efn naar|pakket [123], max\. .*per 100 g"),
    Rule("fuel surcharge", r"\w*brandstof|fuel|logistiektoeslag|1,5 ?%|1,5 procent", fuel_surcharge,
         r"3,5 ?(?:%|procent)|\w*opslag|verouderd|gevaarlijk|digital|lage.voorraad|piek|overmaat"),
    Rule("size tier", r"\w*klasse|welk (?:formaat|pakket)|welke envelop|overmaat of", size_tier, r"kost|betaal|tarief|hoeveel"),
    Rule("limit", r"\w*titel|highlight|zoekterm|search terms|backend|doos|dozen|box", over_limit, r"volume|verzendgewicht"),
    Rule("volume weight", r"\w*volume|\w*gewicht|dimensional|hoe zwaar|(?:telt|rekent) [^.?!]*zwaar", shipping_weight,
         r"\w*opslag|m3|kuub|storage", is_timeless=True),
    Rule("per unit",
         r"cep\b|central|mitteleuropa|gevaarlijk|lithium|batterij|accu|hazmat|powerbank|\w*douane|invoer|import|buiten|china|lage.prijs",
         per_unit, home="zonder cep betaal je in duitsland een opslag van|lithiumbatterij.*extra per verzonden stuk|per soort product in pakketten"),
    Rule("vine", r"vine\b", vine_fee),
    Rule("bid", r"\w*bod\b|bied|\w*klik|cpc", highest_bid, is_timeless=True, other_shops=True),
    Rule("daily budget", r"per dag|\w*budget|per maand & \w*budget|campagne|advert|uitg|geef|ingesteld|ads\b", daily_budget,
         r"conversie|sessies|voorraad", home="een maand van 30 dagen op hooguit", is_timeless=True, other_shops=True),
    Rule("reorder point", r"bestelpunt|\w*bestel|reorder|levertijd", reorder_point, r"dd.7|klant", is_timeless=True, other_shops=True),
    Rule("orders needed", r"hoeveel|minstens|minimaal|vanaf & bestelling|orders|verkopen & odr|defect|klacht|claim|negatieve & nodig|moet|onder", orders_needed,
         r"recensie|review|prime|sfp\b", is_timeless=True),
    Rule("against norm", "|".join(norm.asks for norm in (*NORMS, *PRIME_NORMS)), against_norm, r"listing|titel|foto|omschrijving|(?:wat|hoe) (?:zet|schrijf|antwoord|zeg|reageer)", is_timeless=True),
    Rule("returns", r"\w*retour|terug", returns_over_threshold),
    Rule("return rate", r"retourpercentage|retourratio|return rate|\w*retour|terug & procent|\w*percentage|hoe hoog|return rate", return_rate, r"claim|bezwaar|euro", is_timeless=True, other_shops=True),
    Rule("formula", "|".join(group for entry in FORMULAS for group in entry.asks.split(" & ")), _formula, is_timeless=True, other_shops=True),
    Rule("total", r"verzeker|zit ik|drempel|grens|btw|oss\b|kor\b", total_against_limit, home="drempel van € 10.000 geldt voor alle", other_shops=True),
    Rule("room", ASKS_ROOM, room_below_limit, r"tsjech|doos|magazijn|\w*commissie|verwijzings|kosten|korting|prijs|dac7|lage.prijs|factuur", home="drempel van € 10.000 geldt voor alle", other_shops=True),
    Rule("highest pack price", r"multipack|\d+[- ]?pack|bundel|set van|pak van|pak met|set met & mag|hooguit|maximaal|hoogste|hoeveel", highest_pack_price),
    Rule("multipack", r"multipack|\d+[- ]?pack|bundel|set van|pak van", multipack_price),
    Rule("shelf life", r"\w*houdba|tht|dagporties", shelf_life, r"over datum|eten|verlop|nog \d+ dagen|105|bij aankomst nog"),
    Rule("payout", r"geld|uitbeta|vrij|beschikbaar|opnemen|dd.?7|saldo|betaald", payout_day,
         r"dd.?14|retour|claim|zonder tracking|postzegel|brief", gives_day=True, is_timeless=True),
    Rule("deadline", "|".join(group for entry in DEADLINES for group in entry.asks.split(" & ")), deadline, gives_day=True, is_timeless=True),
    Rule("VAT", r"btw|vat\b", vat,
         r"drempel|grens|limiet|boven|kor\b|kleineondernemers|oss\b|dac7|\w*commissie|verwijzings|acos|marge|import|invoer|artikel 23|met of zonder|zonder of met|rekenvoorbeeld", is_timeless=True, other_shops=True),
)  # fmt: skip
