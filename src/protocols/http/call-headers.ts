import type { FastifyReply } from 'fastify';
import type { CallContext, CallIdentity } from '../../pipeline/call-context.js';
import type { RatePolicy } from '../../ports/rate-limiter.js';

interface PolicyText {
  readonly header: string;
  readonly remaining: string;
}

const policies = new WeakMap<RatePolicy, PolicyText>();

function textOf(policy: RatePolicy): PolicyText {
  let text = policies.get(policy);
  if (text === undefined) {
    const { name, quota, windowSeconds } = policy;
    text = { header: `"${name}";q=${quota};w=${windowSeconds}`, remaining: `"${name}";r=` };
    policies.set(policy, text);
  }
  return text;
}

export type Answered = CallIdentity & Partial<Pick<CallContext, 'rate'>>;

/** Request id, and rate limit headers of draft-ietf-httpapi-ratelimit-headers. */
export function setCallHeaders(reply: FastifyReply, { requestId, rate }: Answered): void {
  reply.header('x-request-id', requestId);
  if (!rate) return;
  const { header, remaining } = textOf(rate.policy);
  reply.header('ratelimit-policy', header);
  reply.header('ratelimit', `${remaining}${rate.decision.remaining};t=${rate.decision.resetSeconds}`);
}
