//! Wire types, problem codes, routes
