import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The top of the repository. */
export const root = resolve(__dirname, '..', '..');

/** Where screenshots and failures are kept. */
export const artifacts = join(root, 'e2e', 'artifacts');

/** Real files and texts that other projects published, beside the repository; not part of it. */
export const vectors = resolve(process.env['HANDCARRY_VECTORS'] ?? join(root, '..', 'shared', 'vectors'));

/** The server and command line, `handcarry`. */
export const server = (): string => binary('HANDCARRY_BIN', 'handcarry');

/** The device client, built with the feature `test-fingerprint`. */
export const device = (): string => binary('HANDCARRY_DEVICE_BIN', 'handcarry-device');

/** What the environment names, else the newest build of this checkout. */
function binary(variable: string, name: string): string {
  const named = process.env[variable];
  if (named) {
    if (!existsSync(named)) throw new Error(`${variable} names ${named}, which is not there`);
    return resolve(named);
  }
  const target = resolve(root, process.env['CARGO_TARGET_DIR'] ?? 'target');
  const built = ['debug', 'release'].map((profile) => join(target, profile, name)).filter((path) => existsSync(path));
  const newest = built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (!newest) throw new Error(`${name} is not built: cargo build -p handcarry-server -p handcarry-device, or set ${variable}`);
  return newest;
}
