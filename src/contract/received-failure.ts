import * as builtInFailures from './built-in-failures.js';
import { Failure, type FailureClass, type Issue } from './failure.js';
import type { FailureKind } from './failure-table.js';
import type { OperationDescriptor } from './module.js';

export interface ReceivedFailure {
  readonly code: string;
  readonly kind: FailureKind;
  readonly detail: string;
  readonly issues?: readonly Issue[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

const builtIn: readonly FailureClass[] = Object.values(builtInFailures);

export function failureOf({ spec }: OperationDescriptor, { code, kind, ...options }: ReceivedFailure): Failure {
  const Declared = [...(spec.errors ?? []), ...builtIn].find((declared) => declared.code === code);
  return Declared ? new Declared(options) : new Failure({ code, kind, title: options.detail }, options);
}
