import type { OperationDescriptor } from '../../src/contract/module.js';
import type { OperationExample } from './example.js';
import { auth } from './examples/auth.js';
import { users } from './examples/users.js';

/** By module; every module of the product has one here. */
const examples: Readonly<Record<string, Readonly<Record<string, OperationExample>>>> = { auth, users };

/** Throws an Error that says which file lacks it. */
export function exampleOf({ id, module, spec }: OperationDescriptor): OperationExample {
  const file = `test/conformance/examples/${module}.ts`;
  const ofModule = examples[module];
  if (!ofModule) throw new Error(`${id} has no example: write ${file} and name it in test/conformance/examples.ts`);
  const example = ofModule[id];
  if (!example) throw new Error(`${id} has no example: add one to ${file}`);
  const missing = (spec.errors ?? []).map(({ code }) => code).filter((code) => !example.failures?.[code]);
  if (spec.access.type === 'can' && !example.forbidden) missing.push('forbidden');
  if (missing.length > 0) throw new Error(`the example of ${id} in ${file} lacks ${missing.join(', ')}`);
  return example;
}
