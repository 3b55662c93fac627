import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Failure } from '../../contract/failure.js';
import { type Encode, jsonEncoder } from '../../contract/json-codec.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { Call } from '../../pipeline/call.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { CompletionHandler } from '../../pipeline/running-calls.js';
import { answerError } from '../http/answer-error.js';
import { setCallHeaders } from '../http/call-headers.js';
import { httpInbound } from '../http/inbound.js';
import { sendProblem } from '../http/problem.js';
import { RouteTable } from '../http/route-table.js';
import { requestDecoder } from './request-decoder.js';

export interface RestOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
}

/** Uses Fastify directly: a Nest controller per operation would cost a sixth of the throughput. */
export function registerRest(fastify: FastifyInstance, { operations, pipeline }: RestOptions): void {
  const routes = new RouteTable(fastify);
  for (const operation of operations) registerOperation(fastify, operation, pipeline);
  routes.refuseOtherMethods();
}

function registerOperation(fastify: FastifyInstance, operation: OperationDescriptor, pipeline: Pipeline): void {
  const { input, output, wire } = operation;
  if (!wire.rest) return;
  const { method, path, status } = wire.rest;
  const encode = output ? jsonEncoder(output) : noBody;
  const decode = requestDecoder(input, wire.rest);
  fastify.route({
    method: method as HTTPMethods,
    url: path,
    // Nest sets its handler after awaited plugins have registered routes
    errorHandler: (error, request, reply) => answerError(pipeline, error, request, reply),
    handler: (request: FastifyRequest, reply: FastifyReply): void => {
      const context = pipeline.begin(httpInbound(request, 'rest'), operation);
      const call = new Call(operation, context, request, decode);
      call.encode = encode;
      pipeline.run(call, new RestReply(status, context, reply));
    },
  });
}

const noBody: Encode = () => undefined;

class RestReply implements CompletionHandler<Failure> {
  constructor(
    private readonly status: number,
    private readonly context: CallContext,
    private readonly reply: FastifyReply,
  ) {}

  resolve(body: unknown): void {
    setCallHeaders(this.reply, this.context);
    if (this.status !== 200) this.reply.code(this.status);
    this.reply.send(body);
  }

  reject(failure: Failure): void {
    sendProblem(this.reply, failure, this.context);
  }
}
