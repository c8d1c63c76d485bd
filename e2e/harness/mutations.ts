/** What mail programs, editors and people do to a file on its way (failures.md, D-02, D-03, D-06). */
export interface Mutation {
  name: string;
  of: (file: Buffer) => Buffer;
  /** Under which name it arrives. */
  as?: string;
}

const text = (change: (text: string) => string) => (file: Buffer) => Buffer.from(change(file.toString()));
const wrapped = (columns: number) =>
  text((file) => file.replace(/\n\n([A-Za-z0-9+/=\n]+)\n-----END/, (_, body: string) => `\n\n${columnsOf(body, columns)}\n-----END`));

/** All of these carry the same document; every one is read (D-02, D-04). */
export const HARMLESS: Mutation[] = [
  { name: 'CRLF', of: text((file) => file.replaceAll('\n', '\r\n')) },
  { name: 'CR only', of: text((file) => file.replaceAll('\n', '\r')) },
  { name: 'byte order mark', of: text((file) => `\uFEFF${file}`) },
  { name: 'UTF-16LE with mark', of: (file) => Buffer.from(`\uFEFF${file}`, 'utf16le') },
  { name: 'UTF-16BE with mark', of: (file) => Buffer.from(`\uFEFF${file}`, 'utf16le').swap16() },
  { name: 'quoted in a mail', of: text((file) => `Hello,\nhere it is:\n\n${file.split('\n').map((line) => `> ${line}`).join('\n')}\n\nRegards`) },
  { name: 'indented by tabs', of: text((file) => file.split('\n').map((line) => `\t${line}  `).join('\n')) },
  { name: '20 columns', of: wrapped(20) },
  { name: '76 columns', of: wrapped(76) },
  { name: 'one line', of: wrapped(1_000_000) },
  { name: 'blank lines between', of: text((file) => file.replaceAll('\n', '\n\n')) },
  { name: 'text after', of: text((file) => `${file}\n--\nVirus scan: no threat found\n`) },
  { name: 'no preamble', of: text((file) => file.slice(file.indexOf('-----BEGIN'))) },
  { name: 'renamed by a gateway', of: (file) => file, as: 'ws-17.tx_' },
  { name: 'two dots and a space', of: (file) => file, as: 'my return.v2.txt.txt' },
  { name: 'no ending', of: (file) => file, as: 'RETURN' },
];

/** None of these is the document any more; each is named for what happened to it. */
export const HARMFUL: (Mutation & { code: string })[] = [
  { name: 'a byte of the content flipped', of: flipped, code: 'armor.damaged' },
  { name: 'cut in the content', of: (file) => file.subarray(0, file.length - 400), code: 'armor.truncated' },
  { name: 'cut in the headers', of: (file) => file.subarray(0, file.indexOf('Digest:') + 20), code: 'armor.truncated' },
  { name: 'cut in the END line', of: (file) => file.subarray(0, file.lastIndexOf('-----END') + 4), code: 'armor.truncated' },
  { name: 'the beginning is missing', of: (file) => file.subarray(file.length - 500), code: 'armor.beheaded' },
  { name: 'a line lost', of: text((file) => file.replace(/(\n\n[^\n]{64}\n)[^\n]{64}\n/, '$1')), code: 'armor.damaged' },
  { name: 'two files in one', of: (file) => Buffer.concat([file, file]), code: 'armor.several' },
  { name: 'nothing in it', of: () => Buffer.alloc(0), code: 'armor.empty' },
  {
    name: "the gateway's notice",
    of: () => Buffer.from('The attachment "return.txt" was removed by the mail gateway because of its type.\n'),
    code: 'armor.gateway_notice',
  },
  { name: 'the web page around it', of: () => Buffer.from('<!doctype html><html><title>Webmail</title></html>'), code: 'armor.web_page' },
  { name: 'zipped', of: () => Buffer.from('504b03041400000008000000', 'hex'), code: 'armor.binary' },
  { name: 'a letter', of: () => Buffer.from('Dear vendor,\nplease find the file enclosed.\n'), code: 'armor.not_found' },
];

/** One character of the content becomes another. */
export function flipped(file: Buffer): Buffer {
  const place = file.indexOf('\n\n', file.indexOf('Signature:')) + 70;
  const copy = Buffer.from(file);
  copy[place] = copy[place] === 0x41 ? 0x42 : 0x41;
  return copy;
}

function columnsOf(body: string, columns: number): string {
  return body.replaceAll('\n', '').replaceAll(new RegExp(`.{${columns}}`, 'g'), '$&\n').trimEnd();
}
