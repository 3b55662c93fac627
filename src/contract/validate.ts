import { InvalidArgument } from './built-in-failures.js';
import type { Issue } from './failure.js';
import { issuePointer } from './issue-path.js';
import type { Decode } from './json-codec.js';
import type { OperationDescriptor } from './module.js';

/** A hostile input has as many faults as it has bytes: the answer must not be larger than the question. */
const maxIssues = 100;

/** The input as its schema gives it, defaults filled in. Throws InvalidArgument with every issue, up to a hundred. */
export function validate(operation: OperationDescriptor, payload: unknown, decode: Decode): object {
  const issues: Issue[] = [];
  const decoded = decode(payload, issues, '');
  operation.checkKeys?.(decoded, issues, '');
  const result = operation.spec.input.safeParse(decoded);
  if (result.success && issues.length === 0) return result.data;
  for (const { path, code, message } of result.error?.issues ?? []) {
    issues.push({ path: issuePointer(operation.input, path), code, message });
  }
  throw new InvalidArgument({ issues: issues.slice(0, maxIssues) });
}
