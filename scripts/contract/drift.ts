import type { Finding, WireDocuments } from './wire-documents.js';

/** How a finding names what the documents are generated from. */
export interface Wording {
  /** Completes `line 3 is "a", … "b"`. */
  readonly source: string;
  /** Of a document that is not generated. */
  readonly surplus: string;
}

const contracts: Wording = { source: 'the contracts give', surplus: 'comes from no contract any more' };

/** Differences between the committed documents and what they are generated from. */
export function drift(generated: WireDocuments, committed: WireDocuments, wording = contracts): Finding[] {
  const changed = [...generated].flatMap(([document, text]): Finding[] => {
    const before = committed.get(document);
    if (before === text) return [];
    return [{ document, finding: before === undefined ? 'is missing' : firstDifference(before, text, wording) }];
  });
  const surplus = [...committed.keys()].filter((document) => !generated.has(document));
  return [...changed, ...surplus.map((document) => ({ document, finding: wording.surplus }))];
}

function firstDifference(before: string, after: string, { source }: Wording): string {
  const [old, current] = [before.split('\n'), after.split('\n')];
  const line = current.findIndex((text, index) => text !== old[index]);
  const at = line === -1 ? current.length : line;
  return `line ${at + 1} is ${quoted(old[at])}, ${source} ${quoted(current[at])}`;
}

const shownCharacters = 160;

function quoted(line: string | undefined): string {
  if (line === undefined) return 'absent';
  const text = line.trim();
  return JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text);
}
