"""What the user asks for: schema, reading and checking scenario files, census files and their geography.

Nothing here may know how a market is built or run: no world columns, no SimPy, no random draws.
"""
