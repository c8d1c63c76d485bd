import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { bench, fleet, root } from './given';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.toml': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Where the addresses below a first step lead; everything else is the page. */
const PLACES: Record<string, string> = {
  bare: join(bench, 'bare'),
  fleet,
  modules: join(root, 'node_modules'),
};

/** Serves the real page with the fleet's vendor, and what the peers need, compressed where a compressed file lies there. */
export class Site {
  readonly #server: Server;
  readonly origin: string;

  private constructor(server: Server, origin: string) {
    this.#server = server;
    this.origin = origin;
  }

  static async start(): Promise<Site> {
    const server = createServer((asked, answer) => {
      const path = decodeURIComponent(new URL(asked.url ?? '/', 'http://localhost').pathname);
      const made = fixed(path);
      const file = made === undefined ? find(path) : undefined;
      if (made === undefined && file === undefined) return answer.writeHead(404).end();
      const type = TYPES[extname(path) || '.html'] ?? 'application/octet-stream';
      const packed = file !== undefined && existsSync(`${file}.br`) && /\bbr\b/.test(String(asked.headers['accept-encoding']));
      const encoding = packed ? { 'content-encoding': 'br' } : {};
      answer.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', ...encoding });
      return answer.end(made ?? readFileSync(packed ? `${file}.br` : file!));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no port');
    return new Site(server, `http://localhost:${address.port}/`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** What a portal's server makes by itself. */
function fixed(path: string): string | undefined {
  switch (path) {
    case '/api/v1/tenant':
      return readFileSync(join(fleet, 'tenant.json'), 'utf8');
    case '/theme.css':
      return ':root { --accent: light-dark(#0d5f50, #63cbb1); }\n';
    case '/peers':
      return '<!doctype html><meta charset="utf-8"><title>Peers</title><script type="importmap">' +
        `${JSON.stringify({ imports: { '@noble/hashes/': '/modules/@noble/hashes/', libsodium: '/modules/libsodium/dist/modules-esm/libsodium.mjs' } })}</script>`;
    case '/empty':
      return '<!doctype html><meta charset="utf-8"><title>Empty</title>';
    default:
      return undefined;
  }
}

function find(path: string): string | undefined {
  const [first = '', ...rest] = normalize(path).split('/').filter(Boolean);
  const place = PLACES[first];
  const file = place ? join(place, ...rest) : join(root, 'target', 'portal', first || 'index.html', ...rest);
  return existsSync(file) ? file : undefined;
}
