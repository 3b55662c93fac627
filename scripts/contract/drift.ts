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
  const [was, is] = [old[at]?.trim(), current[at]?.trim()];
  const from = Math.max(0, commonStart(was ?? '', is ?? '') - shownBefore);
  return `line ${at + 1} is ${excerpt(was, from)}, ${source} ${excerpt(is, from)}`;
}

const shownBefore = 60;
const shownCharacters = 160;

function commonStart(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index++;
  return index;
}

/** Of a line that may be long, such as a table in a diagram. */
function excerpt(line: string | undefined, from: number): string {
  if (line === undefined) return 'absent';
  const end = from + shownCharacters;
  return JSON.stringify(`${from > 0 ? '…' : ''}${line.slice(from, end)}${end < line.length ? '…' : ''}`);
}
