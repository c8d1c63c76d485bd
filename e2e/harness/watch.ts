import { expect, type BrowserContext, type Page, type Request } from '@playwright/test';

/** What must not happen in a browser while a journey runs, and what it sent. */
export class Watch {
  readonly #troubles: string[] = [];
  readonly #expected: RegExp[] = [];
  readonly #requests: Request[] = [];
  readonly #dialogs: string[] = [];

  /** Watches a browser from before its first page. */
  async attach(context: BrowserContext): Promise<void> {
    context.on('request', (request) => {
      this.#requests.push(request);
      const { protocol, hostname } = new URL(request.url());
      const own = protocol === 'blob:' || protocol === 'data:' || isLoopback(hostname);
      if (!own) this.#troubles.push(`D-20: asked for ${request.url()}`);
    });
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      this.#troubles.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#troubles.push(`error on the page: ${error.error()}`));
    context.on('dialog', (dialog) => {
      this.#dialogs.push(dialog.message());
      this.#troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await context.exposeBinding('watchViolation', (_, what: string) => this.#troubles.push(`policy violated: ${what}`));
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const report = (window as unknown as { watchViolation: (what: string) => void }).watchViolation;
        report(`${event.effectiveDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
      });
    });
  }

  /** A journey that breaks something on purpose names the noise that the browser makes of it. */
  expect(...noise: RegExp[]): void {
    this.#expected.push(...noise);
  }

  /** Browsers report every answer of 400 and above on the console; a refusal by the portal is one. */
  expectRefusal(): void {
    this.expect(/Failed to load resource: the server responded with a status of 4\d\d .*\/(api\/v1\/documents|submit)/);
  }

  /** A portal that does not answer is reported on the console, too. */
  expectNoAnswer(): void {
    this.expect(/Failed to load resource: (net::ERR_|the server responded with a status of 5)/);
  }

  /** Everything that was sent to the portal: by any method that is no reading. */
  sent(): Request[] {
    return this.#requests.filter((request) => !['GET', 'HEAD'].includes(request.method()));
  }

  /** How many requests there were. */
  count(): number {
    return this.#requests.filter((request) => !request.url().startsWith('blob:')).length;
  }

  /** No foreign host, no error on the console, no policy violation, no dialog. */
  clean(): void {
    const left = this.#troubles.filter((trouble) => !this.#expected.some((noise) => noise.test(trouble)));
    expect(left, 'no foreign host, no console error, no policy violation').toEqual([]);
  }
}

/** Waits for the page to be quiet and says whether nothing was sent in that time. */
export async function nothingSent(watch: Watch, page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 150)));
  expect(watch.sent().map((request) => `${request.method()} ${request.url()}`), 'nothing has left this browser').toEqual([]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host.endsWith('.localhost');
}
