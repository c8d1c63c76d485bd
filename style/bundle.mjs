// Joins the page's stylesheet: style/*.css, then src/component/*/style.css, each in the order of their names.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const shared = readdirSync(join(root, 'style')).filter((name) => name.endsWith('.css')).sort();
const components = readdirSync(join(root, 'src/component')).sort();
const files = [
  ...shared.map((name) => join(root, 'style', name)),
  ...components.map((name) => join(root, 'src/component', name, 'style.css')).filter((file) => existsSync(file)),
];
const target = join(root, 'target/style');
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'portal.css'), files.map((file) => readFileSync(file, 'utf8')).join('\n'));
