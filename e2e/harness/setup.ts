import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, device, server } from './binaries';
import { run } from './program';

/** Before all journeys: are the programs there, and is the device one that can be told its fingerprint? */
export default async function setup(): Promise<void> {
  mkdirSync(join(artifacts, 'states'), { recursive: true });
  const [portal, client] = [await run(server(), ['--version']), await run(device(), ['--fingerprint-file', '-', '--version'])];
  if (portal.code !== 0) throw new Error(`${server()} does not start: ${portal.stderr}`);
  if (client.code !== 0) {
    throw new Error(
      `${device()} cannot play a second machine: build it with\n` +
        'cargo build -p handcarry-server -p handcarry-device --bins --features handcarry-device/test-fingerprint',
    );
  }
}
