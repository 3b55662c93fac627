import { InvalidArgument } from './built-in-failures.js';
import type { Issue } from './failure.js';
import { type Decode, pointerSegment } from './json-codec.js';
import type { OperationDescriptor } from './module.js';
import { perOperation } from './per-operation.js';
import { fold } from './shape.js';

/** Bounds the answer to a hostile input. */
const maxIssues = 100;

type Pointer = (path: readonly PropertyKey[]) => string;

const asIs: Pointer = (path) => path.map((key) => pointerSegment(String(key))).join('');

const below =
  (inner: Pointer): Pointer =>
  (path) =>
    asIs(path.slice(0, 1)) + inner(path.slice(1));

/** JSON Pointer in wire names. Map keys are data and stay as they are. */
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

/** Throws InvalidArgument with up to a hundred issues. */
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
