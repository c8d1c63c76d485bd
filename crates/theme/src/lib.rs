//! White-label theme: typed values; parsing is the check
