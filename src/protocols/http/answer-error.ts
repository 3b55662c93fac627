import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { fastifyFailure } from './fastify-failure.js';
import { httpInbound } from './inbound.js';
import { sendProblem } from './problem.js';

/** The answer to a request that reached no operation. */
export function answerError(pipeline: Pipeline, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const call = pipeline.begin(httpInbound(request, 'rest'));
  const failure = fastifyFailure(error) ?? pipeline.toFailure(error, call);
  sendProblem(reply, failure, call);
}
