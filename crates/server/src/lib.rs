//! The portal's server.
//!
//! - [`http`]: the addresses, one endpoint a file
//! - [`service`]: where format, rules and store meet
//! - [`schedule`]: what happens by itself
//! - [`live`]: what is shown follows the store
//! - [`notice`]: what people are told
//! - [`site`], [`directory`]: tenants, ready to serve
//! - [`keys`]: secret keys, in files
//! - [`password`]: of users who claim licenses
//! - [`portal`]: the page's files, inside this program
//! - [`outbound`]: requests that this server makes itself
//! - [`settings`], [`limit`], [`metrics`], [`log`]: how it runs
//! - [`serve`]: connections, and an orderly end
//! - [`cli`]: the command line

pub mod app;
pub mod cli;
pub mod clock;
pub mod directory;
pub mod failure;
pub mod http;
pub mod keys;
pub mod limit;
pub mod live;
pub mod lmx;
pub mod log;
pub mod metrics;
pub mod notice;
pub mod outbound;
pub mod password;
pub mod portal;
pub mod random;
pub mod schedule;
pub mod serve;
pub mod service;
pub mod settings;
pub mod site;
