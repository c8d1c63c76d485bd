//! The air-gapped side: SDK and reference command-line client
