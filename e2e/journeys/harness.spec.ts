import { Watch } from '../harness/watch';
import { accessible } from '../harness/states';
import { expect, test } from '../harness/test';

/** What each journey is watched for must be seen when it happens: a watch that sees nothing proves nothing. */
const TROUBLES: [string, string, RegExp][] = [
  ['a foreign host', '<img alt="" src="http://cdn.example/pixel.png">', /D-20: asked for http:\/\/cdn\.example/],
  ['an error on the console', '<script>console.error("trouble")</script>', /console error: trouble/],
  ['an exception', '<script>throw new Error("trouble")</script>', /error on the page: Error: trouble/],
  ['a dialog', '<script>setTimeout(() => alert("trouble"))</script>', /dialog: trouble/],
  [
    'a violated policy',
    '<meta http-equiv="content-security-policy" content="style-src \'none\'"><style>p { color: red }</style>',
    /policy violated: style-src/,
  ],
];

for (const [what, html, seen] of TROUBLES) {
  test(`the harness itself: ${what} is seen`, async ({ browser }) => {
    const context = await browser.newContext();
    const watch = new Watch();
    await watch.attach(context);
    const page = await context.newPage();
    await page.route('http://localhost:1/', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html>${html}` }));
    await page.goto('http://localhost:1/');
    await expect(() => expect(() => watch.clean()).toThrow(seen)).toPass({ timeout: 5_000 });
    await context.close();
  });
}

test('the harness itself: axe finds what is not accessible', async ({ page }) => {
  await page.setContent('<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><button></button></main></html>');
  await expect(accessible(page, 'a nameless button')).rejects.toThrow(/button-name/);
});
