import { beginContext, runInCall } from '../../../src/pipeline/call-context.js';
import type { IdempotentRequest } from '../../../src/pipeline/idempotency.js';
import { Principals } from '../../../src/pipeline/principal.js';

interface CallParticulars {
  readonly timeoutMs?: number;
  readonly tenant?: string;
  readonly idempotency?: IdempotentRequest;
}

/** Runs `work` as the pipeline would: for a call with a deadline, a tenant and perhaps an idempotency key. */
export function inCall<T>({ timeoutMs = 10_000, tenant, idempotency }: CallParticulars, work: () => T): T {
  const { anonymous } = new Principals([]);
  const call = beginContext({ protocol: 'rest', address: '127.0.0.1' }, anonymous, performance.now() + timeoutMs);
  if (tenant) call.tenant = tenant;
  call.idempotency = idempotency;
  return runInCall(call, work);
}

export function request(particulars: Partial<IdempotentRequest> = {}): IdempotentRequest {
  return {
    scope: 'tenant/user:1/users.createUser',
    key: 'key-1',
    fingerprint: 'ab'.repeat(32),
    encode: (value) => value,
    replay: ({ outcome }) => ({ replayed: outcome }),
    ...particulars,
  };
}
