import { stringify } from 'yaml';
import type { DeploymentModel } from './model-types.js';

/** Texts by their path below the root of the repository. */
export type DeployFiles = ReadonlyMap<string, string>;

/** A platform whose files are written from the model. */
export interface Target {
  readonly name: string;
  /** Globs: the files that the writer owns. One that it does not write any more is deleted. */
  readonly owns: readonly string[];
  readonly write: (model: DeploymentModel) => DeployFiles;
}

export const notice = 'Written by `npm run deploy:write` from src/apps/services.ts: do not edit.';

/** Long strings stay on one line, and two equal objects are written twice: no anchors. */
export const yamlText = (...documents: readonly unknown[]): string =>
  documents.map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');

export const yamlOf = (...documents: readonly unknown[]): string => `# ${notice}\n${yamlText(...documents)}`;
