import type { FastifyReply } from 'fastify';
import type { Target } from '../target.js';
import { serve as serveByHand } from './rest-by-hand.js';

const processId = crypto.randomUUID();
const quota = 1_000_000_000;
let requests = 0;

/** Nothing is counted: what the headers alone cost. */
function setHeaders(reply: FastifyReply): void {
  requests++;
  reply.header('x-request-id', `${processId}-${requests}`);
  reply.header('ratelimit-policy', `"users.getUser";q=${quota};w=1`);
  reply.header('ratelimit', `"users.getUser";r=${quota - requests};t=1`);
}

/** GetUser on Fastify alone, with the three headers that every answer of ours has. */
export const serve = (): Promise<Target> => serveByHand(setHeaders);
