import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Finding } from './wire-documents.js';

/** A breaking change that was accepted, until the next release of the documents. */
export interface AcceptedBreak extends Finding {
  readonly reason: string;
}

const keyOf = ({ document, finding }: Finding): string => `${document}: ${finding}`;

export class AcceptedBreaks {
  constructor(private readonly file: string) {}

  read(): AcceptedBreak[] {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as AcceptedBreak[]) : [];
  }

  add(findings: readonly Finding[], reason: string): void {
    this.#write([...this.read(), ...findings.map((finding) => ({ ...finding, reason }))]);
  }

  empty(): void {
    this.#write([]);
  }

  /** Breaks that were not accepted, and accepted ones that no longer exist. */
  judge(breaks: readonly Finding[]): { readonly open: Finding[]; readonly stale: Finding[] } {
    const accepted = this.read();
    const known = new Set(accepted.map(keyOf));
    const found = new Set(breaks.map(keyOf));
    return {
      open: breaks.filter((change) => !known.has(keyOf(change))),
      stale: accepted.filter((entry) => !found.has(keyOf(entry))),
    };
  }

  #write(entries: readonly AcceptedBreak[]): void {
    writeFileSync(this.file, `${JSON.stringify(entries, null, 2)}\n`);
  }
}
