import { readFileSync } from 'node:fs';
import type { Texts } from './process-context.js';
import type { Variable } from './variable.js';

export const fileVariable = (name: string): string => `${name}_FILE`;

/** Texts of all variables that are set; secrets may come from files. `problems`: for a ConfigurationError. */
export function readTexts(
  variables: readonly Variable[],
  given: Texts,
): { readonly texts: Texts; readonly problems: string[] } {
  const texts: Record<string, string | undefined> = {};
  const problems: string[] = [];
  for (const { name, secret } of variables) {
    texts[name] = given[name];
    const path = secret ? given[fileVariable(name)] : undefined;
    if (path === undefined) continue;
    const { text, problem } = readSecret(path);
    texts[name] ??= text;
    if (given[name] !== undefined) problems.push(`${name}: is set beside ${fileVariable(name)}. Remove one of them`);
    else if (problem)
      problems.push(`${fileVariable(name)}: "${path}" ${problem}. Set it to the path of a file with the secret`);
  }
  return { texts, problems };
}

function readSecret(path: string): { readonly text?: string; readonly problem?: string } {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? { problem: 'is empty' } : { text };
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}
