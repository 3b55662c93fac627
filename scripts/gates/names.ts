import { globSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';

const vagueName = /^(utils?|helpers?|common|shared|misc|impl)$/;
const vagueWord = /(^|-)(utils?|helpers?|impl)(-|$)/;
const vagueType =
  /^(?:export\s+)?(?:abstract\s+)?(?:class|interface|type|enum)\s+(I[A-Z][a-z]\w*|\w+(?:Impl|Manager|Helper|Utils?))\b/gm;
const generated = join('src', 'platform', 'database', 'generated');

function vaguePath(path: string): boolean {
  const parts = path.split(sep).map((part) => part.split('.', 1)[0] ?? part);
  return parts.some((part) => vagueName.test(part) || vagueWord.test(part));
}

const isBarrel = (path: string) =>
  basename(path) === 'index.ts' && !/src\/modules\/.+\/contract\/index\.ts$/.test(path);

/** Files, folders and types under `root` whose name says nothing, and index files where none belongs. */
export function unwantedNames(root: string): string[] {
  const files = globSync('{src,test,bench,scripts}/**/*.{ts,mjs}', { cwd: root }).filter(
    (path) => !path.startsWith(generated),
  );
  return files.sort().flatMap((path) => {
    const types = [...readFileSync(join(root, path), 'utf8').matchAll(vagueType)].map(
      ([, type]) => `${path}: ${type} says nothing`,
    );
    if (vaguePath(path)) types.push(`${path}: the name says nothing`);
    if (isBarrel(path)) types.push(`${path}: only a module's contract/ has an index.ts`);
    return types;
  });
}
