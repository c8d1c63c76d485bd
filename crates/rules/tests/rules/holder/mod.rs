//! ICE: customers, orders, seats, renewal.

mod activating;
mod customer;
mod order;
mod registration;
mod renewal;
mod seats;
mod transfer;
mod trials;
mod used;
