import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench } from './given';

/** One figure and what it stands beside. */
export interface Row {
  group: string;
  what: string;
  value: number;
  unit: string;
  /** The limit or peer that it stands beside, by its name. */
  beside: string;
  /** What that came to in the same run, in the same unit. */
  peer: number;
  ratio: number;
  /** What the ratio, or the value, should keep to. */
  aim?: string;
  met?: boolean;
}

/** The figures of a part, as `bench/README.md` describes them. */
export class Table {
  readonly #part: string;
  readonly #rows: Row[] = [];
  readonly #notes: string[] = [];

  constructor(part: string) {
    this.#part = part;
  }

  row(row: Row): void {
    this.#rows.push(row);
    const beside = `; ${row.beside}: ${figure(row.peer)}, ratio ${figure(row.ratio)}`;
    const aim = row.aim ? ` (aim ${row.aim}: ${row.met ? 'met' : 'MISSED'})` : '';
    console.log(`   ${row.group}: ${row.what}: ${figure(row.value)} ${row.unit}${beside}${aim}`);
  }

  note(note: string): void {
    this.#notes.push(note);
  }

  write(): void {
    mkdirSync(bench, { recursive: true });
    const blank = { aim: null, met: null };
    const rows = this.#rows.map((row) => ({ ...blank, ...row }));
    const table = { part: this.#part, rows, notes: this.#notes };
    writeFileSync(join(bench, `${this.#part}.json`), `${JSON.stringify(table, null, 2)}\n`);
  }
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

/** The middle one. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
