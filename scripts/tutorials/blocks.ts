/** A fenced block of a tutorial: a command to run, a file to write, or lines to change in a file. */
export interface Block {
  readonly kind: 'run' | 'write' | 'change';
  /** Of the file; empty for a command. */
  readonly path: string;
  readonly text: string;
}

const fence = /^```(\w+)(?: (\S+))?\n(.*?)^```$/gms;

function blockOf([, language = '', path = '', text = '']: RegExpExecArray): readonly Block[] {
  if (language === 'sh') return [{ kind: 'run', path: '', text }];
  // a block without a path explains something
  if (path === '') return [];
  return [{ kind: language === 'diff' ? 'change' : 'write', path, text }];
}

/** The blocks of a page that a reader follows, in order: `sh`, and any other language with a path after it. */
export const readBlocks = (page: string): readonly Block[] => [...page.matchAll(fence)].flatMap(blockOf);

const keep = (hunk: string, marks: string): string =>
  hunk
    .split('\n')
    .filter((line) => line === '' || marks.includes(line.charAt(0)))
    .map((line) => `${line.slice(1)}\n`)
    .join('');

/**
 * `text` with the hunks of a diff block applied, which `@@` separates. Throws an Error where the lines of a hunk that
 * are there already are not found, or found twice.
 */
export function applyDiff(text: string, diff: string): string {
  let changed = text;
  for (const hunk of diff.split(/^@@\n/m).map((part) => part.replace(/\n$/, ''))) {
    const before = keep(hunk, ' -');
    const [head = '', tail, ...more] = changed.split(before);
    if (tail === undefined) throw new Error(`these lines are not there:\n${before}`);
    if (more.length > 0) throw new Error(`these lines are there ${more.length + 1} times:\n${before}`);
    changed = head + keep(hunk, ' +') + tail;
  }
  return changed;
}
