import type { FastifyReply } from 'fastify';
import type { CallContext } from '../../pipeline/call-context.js';
import type { RatePolicy } from '../../ports/rate-limiter.js';

const policies = new WeakMap<RatePolicy, string>();

function policyHeader(policy: RatePolicy): string {
  let header = policies.get(policy);
  if (header === undefined) {
    header = `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`;
    policies.set(policy, header);
  }
  return header;
}

/** Request id, and the quota as draft-ietf-httpapi-ratelimit-headers has it. */
export function setCallHeaders(reply: FastifyReply, { requestId, rate }: CallContext): void {
  reply.header('x-request-id', requestId);
  if (!rate) return;
  const { policy, decision } = rate;
  reply.header('ratelimit-policy', policyHeader(policy));
  reply.header('ratelimit', `"${policy.name}";r=${decision.remaining};t=${decision.resetSeconds}`);
}
