//! Transfer files: armor, envelope, keys, documents; seal, open, inspect. No clock, no I/O
