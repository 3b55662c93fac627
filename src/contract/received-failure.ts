import * as builtInFailures from './built-in-failures.js';
import { Failure, type FailureClass, type Issue } from './failure.js';
import type { FailureKind } from './failure-table.js';
import type { OperationDescriptor } from './module.js';
import { perOperation } from './per-operation.js';

export interface ReceivedFailure {
  readonly code: string;
  readonly kind: FailureKind;
  readonly detail: string;
  readonly issues?: readonly Issue[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

const known = perOperation<ReadonlyMap<string, FailureClass>>(
  ({ spec }) =>
    new Map([...Object.values(builtInFailures), ...(spec.errors ?? [])].map((declared) => [declared.code, declared])),
);

export function failureOf(operation: OperationDescriptor, received: ReceivedFailure): Failure {
  const { code, kind, detail, issues, retryAfterSeconds } = received;
  const options = { detail, ...(issues && { issues }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  const Declared = known(operation).get(code);
  return Declared ? new Declared(options) : new Failure({ code, kind, title: detail }, options);
}
