"""Every column of the world, declared once: name, type, axes, unit, owner. Those of levers come from their own table.

Axes: outlet, product, brand, company, territory, distributor, advisor, segment, neighbour, day_slot (ring of due
days), class (A, B, C), account. Owner is the one module that writes the column after the build; "build" columns never
change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.world.levers import LEVERS

_TABLE = """
# Outlets: what does not change
[outlet] build
outlet_slot               uint64   -            identity of the outlet's draws
outlet_x_km               float64  km           east
outlet_y_km               float64  km           north
outlet_channel            int32    -            row in the channels
outlet_territory          int32    -            territory
outlet_size               float64  shoppers/day  size as stated, times shoppers_per_size_unit
outlet_class              int8     -            0 A, 1 B, 2 C by cumulative size
outlet_open_day           int32    day          first trading day, −1 open from the beginning
outlet_facings            float64  facings      shelf of the category
outlet_storage_units      float64  units        room for stock
outlet_review_days        int32    days         days between own reviews
ordering_habit              int8     -            0 by rule, 1 late, 2 too much, 3 too little
outlet_terms_days         int32    days         payment terms
outlet_visit_minutes      float64  minutes      first call by an untrained advisor
outlet_working_capital_cents  int64  cents      cash kept in the business
listing_fee_cents         int64    cents        asked for a new product on a full shelf
[outlet segment] build
outlet_mix                float64  1            segment shares of its shoppers
[outlet candidate] build
near_outlet               int32    -            nearest outlets, open or not, −1 for none
near_weight               float64  1            their Huff weight, size^α · distance^−λ
[outlet neighbour] retailer
neighbour_outlet          int32    -            nearest open outlets, −1 for none
neighbour_cumulative      float64  1            cumulative Huff probability
[outlet product] build
shelf_price_cents         int32    cents/unit   regular shelf price

# Outlets: state
[outlet] retailer
is_open                   bool     -            trading now
outlet_closed_day         int32    day          day of closing, −1 never
[outlet product] retailer
is_listed                 bool     -            on the shelf list
shelf_discount            float64  1            taken off the regular shelf price by the shop itself
sales_rate                float64  units/day    the shop's own estimate of its sales
slow_weeks                int16    weeks        weeks below the delisting threshold
shelf_gain                float64  1            merchandising beyond the fair share of 1
open_order_units          int32    units        ordered, not yet shipped
[outlet company] retailer
order_day                 int32    day          day of the oldest open order, −1 none
display_on                bool     -            a paid display stands
fee_due_cents             int64    cents        fees for today's listings, paid in the evening
[outlet brand] retailer
habit                     float64  1            smoothed purchase share
[outlet] retailer
last_review_day           int32    day          day of the last own review
taught                    float64  1            how far advisors have taught the shop to watch its stock
last_sold_day             int32    day          last week's end in which it sold ours, −1000000 never
exclusive_company         int32    -            company with an exclusive agreement, −1 none
exclusive_until           int32    day          end of that agreement
exclusive_degree          int32    -            its degree by `ExclusiveDegree`, −1 none
rival_products_most       int32    products     that a bound shop lists of each other company
rival_facings_most        float64  1            share of the shelf that the others have at most, 1 without a cap
[outlet product] retailer
set_aside                 bool     -            off the list for the term of an exclusive agreement
shelf_space               float64  1            shelf space that its sales give a product, against a fair share of 1
[outlet product] market_day
week_sold_units           int32    units        sold since the weekly refresh
review_sold_units         int32    units        sold since the last review
sold_total_units          int64    units        sold since the beginning of the measured days
[outlet segment product] market_day
choice_weight             float64  1            exp of the outlet's own utility
[outlet] market_day
weight_is_stale           bool     -            choice_weight must be computed again
[outlet company] retailer
relation                  float64  1            tie of a company
[outlet] retailer
personal_tie              float64  1            part of our tie that hangs on the advisor
[outlet product] journal
outlet_stock_units        int32    units        on the shelf and in the back room
outlet_inbound_units      int32    units        on the truck
outlet_in_units           int64    units        all goods in
outlet_out_units          int64    units        all goods out
outlet_born_day           float64  day          mean day on which its goods were made
[outlet account] journal
outlet_books              int64    cents        balances, debit positive
[outlet] journal
outlet_interest_rest      float64  cents        interest owed, not yet a whole cent

# What our people know
[outlet] database
is_known                  bool     -            in the market database
known_size                float64  shoppers/day  estimated size
known_class               int8     -            class by the estimated sizes of the known outlets: 0 A, 1 B, 2 C
last_visit_day            int32    day          day of the last sight by our people, −1000000 never
visit_count               int32    visits       calls by our advisors
known_sales_rate          float64  units/day    our sales there as last seen
known_listed              int32    products     our listed products as last seen
known_closed              bool     -            our people stood before a closed door
searched_day              int32    day          day on which our people looked round its neighbourhood, −1000000 never

# What is seen inside; NaN before the first look.
[outlet company] database
seen_share                float32  1            share of purchases as the shopkeeper told
seen_products             float32  products     products on the shelf list as last seen
seen_empty                float32  1            share of them that were out of stock, smoothed over looks
seen_price                float32  1            shelf price less cuts against the usual price, as last seen
seen_promoter             float32  1            share of looks that met a promoter, smoothed
[outlet] field
outlet_advisor            int32    -            advisor in charge, −1 none
promoter_companies        int32    bits         companies with a promoter today

# Territories
[territory] build
territory_slot            uint64   -            identity of the territory's draws
territory_x_km            float64  km           east
territory_y_km            float64  km           north
territory_area_km2        float64  km²          worked area
territory_population      float64  persons      residents
territory_growth          float64  1/year       growth of demand
[territory month] build
territory_season          float64  1            monthly multipliers
[territory weekday] build
territory_weekday         float64  1            weekday multipliers
[territory territory] build
adjacent                  bool     -            neighbours
distance_km               float64  km           between centres
[territory brand] goodwill
goodwill                  float64  utility      brand goodwill
brand_capital             float64  1            share of purchases, smoothed over years
standing                  float64  utility      goodwill, brand capital's part, and what comes over borders
[territory product] market_day
bought_units              int64    units        bought by consumers on the last day
[territory product] goodwill
trial                     float64  1            share of consumers who know a new product
[territory product] promotion
price_cut                 float64  1            promotion cut of the shelf price
promotion_utility         float64  utility      feature or display of a promotion
[product] promotion
promotion_until           int32    day          end of the running promotion
[territory company] promotion
trade_discount            float64  1            off shops' invoices in a running promotion to the trade
[company] promotion
trade_promotion_until     int32    day          end of that promotion
[territory company] diversion
price_disorder            float64  1            disorder of a company's prices
diverted_week_units       float64  units        grey goods that came in during the week

# Products and companies
[brand] build
brand_company             int64    -            company; ours for a brand without a product
[product] build
product_brand             int32    -            brand
product_company           int32    -            company
product_appeal            float64  utility      appeal at the usual price
factory_cost_cents        int64    cents/unit   cost of making
list_price_cents          int64    cents/unit   to distributors
trade_price_cents         int64    cents/unit   to outlets
retail_price_cents        int64    cents/unit   recommended
usual_price_cents         int64    cents/unit   shelf price at which appeal is meant
case_units                int32    units        case size
launch_day                int32    day          first day on the market
[company] build
company_slot              uint64   -            identity of the company's draws
built_capacity_units      int64    units/day    capacity of the factory at the beginning
[company] manufacturer
factory_capacity_units    int64    units/day    capacity
capacity_coming_units     int64    units/day    capacity ordered, not yet there
capacity_ready_day        int32    day          its first day
[product] manufacturer
factory_order_rate        float64  units/day    smoothed orders
launched                  bool     -            on the market
[product] journal
factory_stock_units       int64    units        finished stock
made_units                int64    units        made so far
factory_born_day          float64  day          mean day on which the finished stock was made
consumed_units            int64    units        bought by consumers so far
scrapped_units            int64    units        scrapped so far
opening_units             int64    units        stock of all parties at the beginning
factory_out_units         int64    units        shipped so far
[company account] journal
company_books             int64    cents        balances, debit positive
[company] journal
company_interest_rest     float64  cents        interest owed, not yet a whole cent
[sector account] journal
outside_books             int64    cents        balances, debit positive

# Ground
[company territory] ground
ground_open               bool     -            the company works there
ground_change_day         int32    day          when closed ground opens, or open ground closes, −1 neither

# Rivals
[company territory] rival
ground_wanted             bool     -            the rival means to work there; ours is the lever `open`
rival_calls_per_day       float64  calls/day    field effort
rival_price_cut           float64  1            price answer or campaign
advertising_multiplier    float64  1            advertising answer or campaign
promotion_boost           float64  utility      promotion answer or campaign
share_seen                float64  1            share as last believed, −1 never
target_company            int32    -            company whose products its people displace, −1 none
rival_means               float64  1            spending against what its budget states
revenue_reckoned          float64  cents/month  smoothed revenue, −1 never
opening_revenue           float64  cents/month  revenue that its stated budget goes with, −1 not known yet
revenue_left              float64  cents/month  revenue when it withdrew
loss_months               int32    months       months of loss, one after another
withdrawn_day             int32    day          day on which it withdrew, −1 present
settles_day               int32    day          until then it spends what its budget states
answer_instrument         int32    -            running answer: 0 none, else a number of `sim.agents.rival.Instrument`
answer_until              int32    day          end of the running answer
[company territory history] rival
share_history             float64  1            weekly ring of true shares, seen late and with noise

# The companies' ways of working: a part is the common one, row 0, or what a territory differs from it
[company territory] programme
efficiency                float64  1            what calls, displays and promotion achieve against a mature programme
programme_knowledge       float64  1            the same as the company believes it, a mean over what it does not know
programme_begun           bool     -            the company has worked there
calls_made                int32    calls        calls since the last review of the programme
[company part choice] programme
programme_best            float64  1            best values, which nobody knows
programme_mean            float64  1            best values as the head office believes them
[company part other_part] programme
programme_covariance      float64  1            covariance of that belief, the same for each choice
[territory] programme
people_left               int32    persons      advisors of ours who left since the last review of the programme

# Distributors
[distributor] build
distributor_slot          uint64   -            identity of the distributor's draws
distributor_company       int32    -            company it buys from
distributor_firm          int32    -            first row of the firm that it is
distributor_territory     int32    -            first territory
distributor_x_km          float64  km           east
distributor_y_km          float64  km           north
distributor_potential     float64  1            room to grow
warehouse_units           float64  units        room
service_radius_km         float64  km           reach
distributor_working_capital_cents  int64  cents  cash kept in the business
distributor_fixed_cents   int64    cents        capital in warehouse and vans
house_cents               int64    cents/month  rent and staff that the company's goods have to bear
other_business_cents      float64  cents/month  margin that it makes with its other principals
usual_attention           float64  1            attention to its company at the beginning
[distributor territory] build
covers                    bool     -            territories that a distributor serves
[outlet company] distributor
outlet_distributor        int32    -            who delivers, −1 nobody
[distributor product] distributor
distributor_forecast      float64  units/day    smoothed demand
factory_backlog_units     int64    units        ordered, not shipped
ordered_today_units       int64    units        ordered from the factory today
distributor_markdown      float64  1            discount to outlets
distributor_pass_on       float64  1            part of its own discount that it hands on to outlets
[distributor product history] market_day
sell_out_history          int32    units/day    ring of daily sell-out of the outlets served; seen where data are shared
[distributor product history] retailer
demand_history            int32    units/day    ring of daily demand seen
[distributor] distributor
distributor_relation      float64  1            tie with its company
distributor_capability    float64  1            skill of stock and delivery
is_core                   bool     -            served first
period_purchase_units     int64    units        bought in this period
period_purchase_cents     int64    cents        bought in this period
period_target_units       int64    units        target of this period
past_purchase_rate        float64  units/day    smoothed purchases of past periods
drops_per_day             int32    drops/day    delivery capacity
is_contracted             bool     -            works for its company
last_discount             float64  1            discount on the list price up to this morning
retainer_cents            int64    cents/month  retainer agreed when it was signed
waits_for_ground          bool     -            under contract again as soon as ground that it covers is opened
distributor_return        float64  1/year       smoothed return on its capital
months_below              int32    months       months in a row with a return below its outside option
booked_profit_cents       int64    cents        profit in its books up to last evening
month_profit_cents        int64    cents        this month's profit after interest
month_capital_cents       int64    cents·days   this month's capital, summed over days
booked_margin_cents       int64    cents        what its company's goods had brought up to the last month
distributor_margin_cents  float64  cents/month  smoothed margin that its company's goods bring
distributor_attention     float64  1            share of its time and vans for its company
distributor_reach         float64  1            share of the outlets around it that are on its list
left_day                  int32    day          day on which it ended the contract, −1 none
[distributor product] journal
distributor_stock_units   int64    units        in the warehouse
distributor_in_units      int64    units        all goods in
distributor_out_units     int64    units        all goods out
distributor_born_day      float64  day          mean day on which its goods were made
[day_slot distributor product] journal
transit_units             int64    units        from the factory, by day of arrival
transit_born_day          float64  day          mean day on which these goods were made
[day_slot distributor] journal
distributor_due_cents     int64    cents        invoices of the factory by due day
[distributor account] journal
distributor_books         int64    cents        balances, debit positive
[distributor] journal
distributor_interest_rest  float64  cents       interest owed, not yet a whole cent

# Field force
[advisor] build
advisor_slot              uint64   -            identity of the post's draws
[advisor] field
advisor_territory         int32    -            territory of the post
advisor_x_km              float64  km           start of the day, east
advisor_y_km              float64  km           start of the day, north
is_employed               bool     -            somebody holds the post
is_post                   bool     -            the post exists
occupant                  int32    -            how many have held the post
available_day             int32    day          first working day of the occupant, or of the next one
training_until            int32    day          end of the running course
selling                   float64  1            skill of listings and orders
service                   float64  1            skill of shelf and stock
coaching                  float64  1            skill of teaching
farmer                    float64  1            orientation: 0 hunter, 1 farmer
visits_made               int64    visits       experience
effort                    float64  1            work in the same time against that for a fixed wage
written_units             int64    units        orders written since targets were set
variable_cents            int64    cents        commission and bonus of the last month
talent                    float64  1            work in the same time against the mean person
pay_factor                float64  1            pay against the usual wage

# Targets of the month, where they act
[territory] targets
territory_target_units    int64    units/month  of the territory
[distributor] targets
assigned_units            int64    units/month  of the distributor; 0 before the first split
[advisor] targets
advisor_target_units      int64    units/month  of the advisor, in orders written

# One of the world's givens, like the roads; only an experiment that takes travel out of a gain moves it.
[market] build
minutes_per_km            float64  minutes/km   driving time of our advisors
"""
"""Under a heading `[axes] owner`: name, type, unit and text of each column; two blanks part the cells."""


@dataclass(frozen=True)
class Column:
    """Declaration of one state column."""

    name: str
    dtype: str
    axes: tuple[str, ...]
    unit: str
    owner: str
    text: str


def _read(table: str) -> Iterator[Column]:
    axes, owner = "", ""
    for line in table.splitlines():
        if line.startswith("["):
            axes, _, owner = line[1:].partition("] ")
        elif line and not line.startswith("#"):
            name, dtype, unit, text = re.split(r" {2,}", line, maxsplit=3)
            yield Column(name, dtype, tuple(axes.split()), unit, owner, text)


COLUMNS: tuple[Column, ...] = (
    *_read(_TABLE),
    *(Column(lever.column, lever.dtype, lever.places, lever.unit, "levers", lever.text) for lever in LEVERS.values()),
)

BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
