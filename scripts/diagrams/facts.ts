import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { moduleContracts } from '../../src/apps/modules.js';
import type { OperationDescriptor } from '../../src/contract/module.js';

export const operations: readonly OperationDescriptor[] = moduleContracts.flatMap(
  ({ operations: declared }) => declared,
);

/** Throws unless the file exists and has the name: what a picture says by hand must be in the code. */
export function named(file: string, name: string): string {
  if (!new RegExp(`\\b${name}\\b`).test(readFileSync(file, 'utf8')))
    throw new Error(`a diagram names ${name}, which ${file} does not have: change the diagram`);
  return name;
}

/** Throws unless there is such a file or folder. */
export function existing(path: string): string {
  if (globSync(path).length === 0) throw new Error(`a diagram names ${path}, which does not exist: change the diagram`);
  return path;
}

/** Throws unless a module declares it. */
export function operation(id: string): OperationDescriptor {
  const found = operations.find((each) => each.id === id);
  if (!found) throw new Error(`a diagram names the operation ${id}, which no module declares: change the diagram`);
  return found;
}

export interface ModuleCall {
  readonly from: string;
  readonly to: string;
  readonly operations: readonly string[];
}

const sent = /\bnew (\w+)\(/g;

/** Which operations of another module the code of a module sends. */
export function moduleCalls(): readonly ModuleCall[] {
  const calls = moduleContracts.flatMap(({ name: from }) => {
    const files = globSync(`src/modules/${from}/{application,interface}/*.ts`).sort();
    const messages = new Set(
      files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(sent)].map(([, each]) => each)),
    );
    return operations
      .filter(({ module, name }) => module !== from && messages.has(name))
      .map((called) => ({ from, called }));
  });
  const pairs = Map.groupBy(calls, ({ from, called }) => `${from} ${called.module}`);
  return [...pairs.values()].map((group) => ({
    from: group[0]?.from ?? '',
    to: group[0]?.called.module ?? '',
    operations: group.map(({ called }) => called.name),
  }));
}

export interface PipelineStep {
  readonly name: string;
  readonly atEdgeOnly: boolean;
}

const stepList = /#steps: readonly Step\[\] = \[\n([\s\S]*?)\n {2}\];/;
const stepLine = /\{ (?:spanName: '(\w+)', )?(atEdgeOnly: true, )?run: .*?\.(\w+)\(/g;

const words = (camelCase: string): string => camelCase.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The list in src/pipeline/pipeline.ts, in its order. */
export function pipelineSteps(): readonly PipelineStep[] {
  const [, list = ''] = stepList.exec(readFileSync('src/pipeline/pipeline.ts', 'utf8')) ?? [];
  const steps = [...list.matchAll(stepLine)].map(([, spanName, atEdgeOnly, method = '']) => ({
    name: spanName?.replaceAll('_', ' ') ?? words(method),
    atEdgeOnly: atEdgeOnly !== undefined,
  }));
  if (steps.length === 0 || steps.length !== list.split('\n').length)
    throw new Error('the list of steps in src/pipeline/pipeline.ts reads otherwise: adapt scripts/diagrams/facts.ts');
  return steps;
}

const imported = /from '(\.\.?\/[^']+)'/g;

function foldersImportedBy(file: string): readonly string[] {
  const paths = [...readFileSync(file, 'utf8').matchAll(imported)].map(([, path = '']) => join(dirname(file), path));
  return paths.map((path) => path.split(sep)[1] ?? '');
}

/** By folder of src, the other folders that it imports from. */
export function folderImports(): ReadonlyMap<string, readonly string[]> {
  const entries = globSync('src/*', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = entries.map(({ name }) => name).sort();
  return new Map(
    folders.map((folder) => {
      const files = globSync(`src/${folder}/**/*.ts`, { exclude: ['**/generated/**'] });
      const targets = new Set(files.flatMap(foldersImportedBy));
      return [folder, folders.filter((other) => other !== folder && targets.has(other))] as const;
    }),
  );
}
