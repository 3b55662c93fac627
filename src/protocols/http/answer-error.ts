import type { FastifyReply, FastifyRequest } from 'fastify';
import { MalformedRequest, PayloadTooLarge, UnsupportedMediaType } from '../../contract/built-in-failures.js';
import { Failure, type FailureClass } from '../../contract/failure.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { httpInbound } from './inbound.js';
import { sendProblem } from './problem.js';

const byStatus: Readonly<Record<number, FailureClass>> = {
  413: PayloadTooLarge,
  415: UnsupportedMediaType,
};

export function refusal(status: number, detail?: string): Failure | undefined {
  if (status < 400 || status >= 500) return undefined;
  const Refusal = byStatus[status] ?? MalformedRequest;
  return new Refusal(detail === undefined ? {} : { detail });
}

/** Bad JSON, URL or body length, as Fastify reports them; undefined for other errors. */
export function fastifyFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof SyntaxError) return new MalformedRequest();
  const { statusCode } = error as { statusCode?: number };
  return statusCode === undefined ? undefined : refusal(statusCode);
}

export function answerError(pipeline: Pipeline, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const context = pipeline.begin(httpInbound(request, 'rest'));
  const failure = fastifyFailure(error) ?? pipeline.toFailure(error, context);
  sendProblem(reply, failure, context);
}
