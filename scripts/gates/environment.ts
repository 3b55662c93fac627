import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const reads = /\bprocess\s*(?:\?\.|\.|\[\s*['"`])\s*env\b|\{[^{}]*\benv\b[^{}]*\}\s*=\s*(?:globalThis\.)?process\b/;

/** Files of `src` outside `platform/config` that read the environment, also in the ways the linter does not see. */
export function environmentReaders(root: string): string[] {
  return globSync('src/**/*.ts', {
    cwd: root,
    exclude: ['src/platform/config/**', 'src/platform/database/generated/**'],
  })
    .filter((file) => reads.test(readFileSync(join(root, file), 'utf8')))
    .map((file) => `${file}: reads process.env`);
}
