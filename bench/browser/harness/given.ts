import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The top of the repository. */
export const root = resolve(__dirname, '..', '..', '..');

/** Where `cargo xtask bench` has put what is measured with, and where the figures go. */
export const bench = join(root, 'target', 'bench');

/** What `crates/format/examples/fleet.rs` wrote. */
export const fleet = join(bench, 'fleet');

/** A shorter run, whose figures are rough. */
export const quick = process.env['HANDCARRY_BENCH_QUICK'] === '1';

/** How long one rate is measured, in milliseconds. */
export const span = quick ? 600 : 2500;

/** The fleet's returns, so many of them; all, or in a shorter run some. */
export function returns(count = quick ? 1000 : Number.POSITIVE_INFINITY): string[] {
  const directory = join(fleet, 'returns');
  const names = readdirSync(directory).sort();
  return names.slice(0, count).map((name) => join(directory, name));
}
