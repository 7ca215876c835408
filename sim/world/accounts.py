"""Chart of accounts. Balances are integer cents, debit positive; every party's balances sum to zero."""

from __future__ import annotations

from enum import IntEnum


class Account(IntEnum):
    """Accounts of every party; the value is the column in its books."""

    CASH = 0
    INVENTORY = 1
    RECEIVABLE = 2
    PAYABLE = 3
    REVENUE = 4
    COGS = 5
    EQUITY = 6
    PRICE_VARIANCE = 7
    REBATE_COST = 8
    REBATE_INCOME = 9
    PROMOTION_COST = 10
    PROMOTION_INCOME = 11
    ADVERTISING = 12
    DISPLAY_COST = 13
    DISPLAY_INCOME = 14
    ADVISOR_COST = 15
    PROMOTER_COST = 16
    HIRING_TRAINING = 17
    TRAVEL = 18
    LOGISTICS = 19
    STORAGE = 20
    SERVICES_COST = 21
    SERVICES_INCOME = 22
    CENSUS_COST = 23
    EXCLUSIVE_COST = 24
    EXCLUSIVE_INCOME = 25
    PENALTY_COST = 26
    PENALTY_INCOME = 27
    BAD_DEBT = 28
    SCRAP = 29
    OVERHEAD = 30
    DRAWINGS = 31
    CONSUMPTION = 32
    INTEREST = 33
    LISTING_FEE_COST = 34
    LISTING_FEE_INCOME = 35
    CAPACITY_COST = 36
    PLATFORM = 37
    OPENING_COST = 38
    UPKEEP = 39


BALANCE_SHEET = (Account.CASH, Account.INVENTORY, Account.RECEIVABLE, Account.PAYABLE, Account.EQUITY, Account.DRAWINGS)
"""Accounts that are not profit or loss."""


class Sector(IntEnum):
    """Parties outside the market whose cash closes the circle."""

    CONSUMERS = 0
    SUPPLIERS = 1
    EMPLOYEES = 2
    MEDIA = 3
    CARRIERS = 4
    LANDLORDS = 5
    OWNERS = 6
    AGENCIES = 7
    BANKS = 8


N_ACCOUNTS = len(Account)
N_SECTORS = len(Sector)
