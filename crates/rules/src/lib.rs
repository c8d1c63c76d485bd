//! License rules: (account, command, now) -> decision. Pure: no I/O, no bytes, no async
