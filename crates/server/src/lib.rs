//! The portal's server and its command line
