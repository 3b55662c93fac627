import type { Finding, WireDocuments } from './wire-documents.js';

/** Differences between the committed documents and the contracts. */
export function drift(generated: WireDocuments, committed: WireDocuments): Finding[] {
  const changed = [...generated].flatMap(([document, text]): Finding[] => {
    const before = committed.get(document);
    if (before === text) return [];
    return [{ document, finding: before === undefined ? 'is missing' : firstDifference(before, text) }];
  });
  const surplus = [...committed.keys()].filter((document) => !generated.has(document));
  return [...changed, ...surplus.map((document) => ({ document, finding: 'comes from no contract any more' }))];
}

function firstDifference(before: string, after: string): string {
  const [old, current] = [before.split('\n'), after.split('\n')];
  const line = current.findIndex((text, index) => text !== old[index]);
  const at = line === -1 ? current.length : line;
  return `line ${at + 1} is ${quoted(old[at])}, the contracts give ${quoted(current[at])}`;
}

const quoted = (line: string | undefined): string => (line === undefined ? 'absent' : JSON.stringify(line.trim()));
