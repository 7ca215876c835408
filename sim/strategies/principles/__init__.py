"""The strategies themselves, one file each, as pure decisions on what is believed; every file is found by the registry.

They pull levers and never touch state; none of them knows another, and none imports anything that simulates.
"""
