import type { Texts } from './process-context.js';
import { fileVariable } from './secret-files.js';
import type { Variable } from './variable.js';

export function unmetRequirements(variables: readonly Variable[], given: Texts): string[] {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const isGiven = (name: string) => given[name] !== undefined || given[fileVariable(name)] !== undefined;
  const isDefault = (name: string) => given[name] !== undefined && given[name] === byName.get(name)?.default;
  const isChosen = (name: string) => isGiven(name) && !isDefault(name);
  return variables.flatMap(({ name, expected, required, alternative, needs, excludes }) => {
    const problems: string[] = [];
    if (required && !isGiven(name)) {
      problems.push(`${name}: is missing. Set it to ${expected}${alternative ? `, or ${alternative}` : ''}`);
    }
    if (needs !== undefined && isChosen(name) && !isChosen(needs)) {
      const setIt = `Set it to ${byName.get(needs)?.expected}, or remove ${name}`;
      problems.push(`${needs}: is missing beside ${name}. ${setIt}`);
    }
    for (const other of (excludes ?? []).filter((each) => isGiven(name) && isGiven(each))) {
      problems.push(`${name}: is set beside ${other}. Remove one of them`);
    }
    return problems;
  });
}
