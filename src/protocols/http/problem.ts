import type { FastifyReply } from 'fastify';
import type { Failure } from '../../contract/failure.js';
import { httpStatus } from '../../contract/failure-table.js';
import { type Answered, setCallHeaders } from './call-headers.js';

/** RFC 9457. Excludes messages of unexpected errors. */
export function toProblem(failure: Failure, traceId: string) {
  const { code, title, message, issues } = failure;
  return {
    type: `urn:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status: httpStatus(failure),
    detail: message,
    code,
    ...(issues && { errors: issues }),
    trace_id: traceId,
  };
}

export type Problem = ReturnType<typeof toProblem>;

export function sendProblem(reply: FastifyReply, failure: Failure, call: Answered): void {
  const problem = toProblem(failure, call.trace.traceId);
  setCallHeaders(reply, call);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (failure.retryAfterSeconds !== undefined) reply.header('retry-after', failure.retryAfterSeconds);
  reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
