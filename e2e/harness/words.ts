import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './binaries';

export type Language = 'en' | 'de';

const known = new Map<Language, Map<string, string>>();

/** A word of the page, as `locales/` has it: `words('review.request_do')`, `words('code.armor.damaged.title')`. */
export function words(key: string, language: Language = 'en'): string {
  const text = all(language).get(key);
  if (text === undefined) throw new Error(`locales/${language}.toml has no ${key}`);
  return text;
}

/** The same as it reads on the page: filled, and without the marks for strong text and code. */
export function plain(key: string, fill: string[] = [], language: Language = 'en'): string {
  const text = words(key, language).replaceAll(/[*`]/g, '');
  return text.replaceAll(/\{(\d)\}/g, (_, place: string) => fill[Number(place)] ?? '');
}

/** A pattern for a word whose places may hold anything. */
export function pattern(key: string, language: Language = 'en'): RegExp {
  const parts = words(key, language).split(/\{\d\}/);
  return new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+?'));
}

/** Whether the page has words of its own for a code. */
export function hasWords(code: string): boolean {
  return all('en').has(`code.${code}.title`);
}

function all(language: Language): Map<string, string> {
  const there = known.get(language);
  if (there) return there;
  const read = new Map<string, string>();
  let section = '';
  for (const line of readFileSync(join(root, 'locales', `${language}.toml`), 'utf8').split('\n')) {
    const head = /^\[(.+)\]$/.exec(line);
    if (head) section = head[1]!.replaceAll('"', '');
    const entry = /^(\w+) = "(.*)"$/.exec(line);
    if (entry) read.set(`${section}.${entry[1]}`, entry[2]!);
  }
  known.set(language, read);
  return read;
}
