"""Who plays: all actors of a market."""

from __future__ import annotations

from sim.agents.advisor import AdvisorTeam
from sim.agents.base import Agent, Context
from sim.agents.capacity import Capacity
from sim.agents.channel import Channel
from sim.agents.delivery import Delivery
from sim.agents.direction import Direction
from sim.agents.distributor import Distributors
from sim.agents.diversion import Diversion
from sim.agents.goodwill import Goodwill
from sim.agents.ground import Ground
from sim.agents.management import Management
from sim.agents.manufacturer import Factories
from sim.agents.market_day import MarketDay
from sim.agents.order_book import OrderBook
from sim.agents.partner import Partners
from sim.agents.personnel import Personnel
from sim.agents.programme import Programmes
from sim.agents.promoter import Promoters
from sim.agents.promotion import Promotions
from sim.agents.recording import Recording
from sim.agents.retailer import Retailer
from sim.agents.rival import RivalField, Rivals
from sim.agents.salesmen import Salesmen
from sim.agents.settlement import Settlement
from sim.agents.targets import TargetOffice
from sim.agents.trade_promotion import TradePromotions


def cast(context: Context) -> list[Agent]:
    """Return every actor; their order here has no effect, since the moments at which they act say who comes first."""
    book = OrderBook(context)
    retailer = Retailer(context, book)
    distributors = Distributors(context)
    market = MarketDay(context)
    return [
        Direction(context),
        Ground(context),
        market,
        retailer,
        distributors,
        Partners(context),
        Salesmen(context, book, retailer),
        AdvisorTeam(context, book, retailer),
        Promoters(context),
        RivalField(context, book),
        Delivery(context, book),
        Rivals(context),
        Programmes(context),
        Personnel(context),
        Management(context),
        TargetOffice(context),
        Channel(context),
        Factories(context),
        Capacity(context),
        Promotions(context),
        TradePromotions(context),
        Goodwill(context),
        Diversion(context, distributors),
        Settlement(context),
        Recording(context, market),
    ]
