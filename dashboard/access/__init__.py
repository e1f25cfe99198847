"""The answer to who may see what: identities, sessions, accounts and walls."""
