import type { FastifyReply } from 'fastify';
import type { CallContext, CallIdentity } from '../../pipeline/call-context.js';
import type { RatePolicy } from '../../ports/rate-limiter.js';

const policies = new WeakMap<RatePolicy, ReturnType<typeof textOf>>();

const textOf = ({ name, quota, windowSeconds }: RatePolicy) => ({
  header: `"${name}";q=${quota};w=${windowSeconds}`,
  remaining: `"${name}";r=`,
});

export type Answered = CallIdentity & Partial<Pick<CallContext, 'rate'>>;

/** Request id, and rate limit headers of draft-ietf-httpapi-ratelimit-headers. */
export function setCallHeaders(reply: FastifyReply, { requestId, rate }: Answered): void {
  reply.header('x-request-id', requestId);
  if (!rate) return;
  const { header, remaining } = policies.getOrInsertComputed(rate.policy, textOf);
  reply.header('ratelimit-policy', header);
  reply.header('ratelimit', `${remaining}${rate.decision.remaining};t=${rate.decision.resetSeconds}`);
}
