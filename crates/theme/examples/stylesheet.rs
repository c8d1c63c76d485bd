//! Prints the stylesheet of the default theme: `cargo xtask size` weighs it as part of the first load.
#![expect(clippy::print_stdout, reason = "a program that prints")]

fn main() {
    print!("{}", handcarry_theme::Theme::default().stylesheet());
}
