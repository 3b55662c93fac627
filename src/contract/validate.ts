import { InvalidArgument } from './built-in-failures.js';
import type { Issue } from './failure.js';
import { type Decode, pointerSegment } from './json-codec.js';
import type { OperationDescriptor } from './module.js';
import { perOperation } from './per-operation.js';
import { fold } from './shape.js';

/** A hostile input has as many faults as it has bytes: the answer must not be larger than the question. */
const maxIssues = 100;

type Pointer = (path: readonly PropertyKey[]) => string;

const asIs: Pointer = (path) => path.map((key) => pointerSegment(String(key))).join('');

const below =
  (inner: Pointer): Pointer =>
  (path) =>
    asIs(path.slice(0, 1)) + inner(path.slice(1));

/** The path of a zod issue (camelCase names, list indexes, map keys) as a JSON Pointer in wire names. Map keys are data and stay. */
const issuePointer = fold<Pointer>({
  leaf: () => asIs,
  list: below,
  map: below,
  object: (fields) => (path) => {
    const field = fields.find(({ name }) => name === path[0]);
    return field ? `/${field.wire}${field.inner(path.slice(1))}` : asIs(path);
  },
});

const issuePointerOf = perOperation(({ input }) => issuePointer(input));

/** The input as its schema gives it, defaults filled in. Throws InvalidArgument with every issue, up to a hundred. */
export function validate(operation: OperationDescriptor, payload: unknown, decode: Decode): object {
  const issues: Issue[] = [];
  const decoded = decode(payload, issues, '');
  operation.checkKeys?.(decoded, issues, '');
  const result = operation.spec.input.safeParse(decoded);
  if (result.success && issues.length === 0) return result.data;
  const pointer = issuePointerOf(operation);
  for (const { path, code, message } of result.error?.issues ?? []) {
    issues.push({ path: pointer(path), code, message });
  }
  throw new InvalidArgument({ issues: issues.slice(0, maxIssues) });
}
