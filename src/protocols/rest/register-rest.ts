import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { objectEncoder } from '../../contract/json-codec.js';
import { jsonSchema } from '../../contract/json-schema.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { setCallHeaders } from '../http/call-headers.js';
import { httpInbound } from '../http/inbound.js';
import type { OpenCalls } from '../http/open-calls.js';
import { sendProblem } from '../http/problem.js';
import type { RouteTable } from '../http/route-table.js';
import { requestDecoder } from './request-decoder.js';

export interface RestOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  readonly openCalls: OpenCalls;
  readonly routes: RouteTable;
}

/** Gives every operation its route. Straight on Fastify: a Nest controller per operation would cost a sixth of the requests. */
export function registerRest(fastify: FastifyInstance, options: RestOptions): void {
  for (const operation of options.operations) registerOperation(fastify, operation, options);
}

function registerOperation(
  fastify: FastifyInstance,
  operation: OperationDescriptor,
  { routes, ...options }: RestOptions,
): void {
  if (!operation.wire.rest) return;
  const { method, path, status } = operation.wire.rest;
  const { output } = operation;
  routes.add(method, path);
  fastify.route({
    method: method as HTTPMethods,
    url: path,
    handler: handler(operation, status, options),
    ...(output && { schema: { response: { [status]: jsonSchema(output, 'output') } } }),
  });
}

function handler(operation: OperationDescriptor, status: number, { pipeline, openCalls }: Omit<RestOptions, 'routes'>) {
  const decode = requestDecoder(operation);
  const encode = operation.output && objectEncoder(operation.output);
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const call = pipeline.begin(httpInbound(request, 'rest'), operation);
    const { socket } = request.raw;
    openCalls.add(socket, call);
    pipeline.execute(operation, call, request, decode).then(
      (value) => {
        openCalls.remove(socket, call);
        setCallHeaders(reply, call);
        reply.code(status).send(encode ? encode(value) : undefined);
      },
      (error: unknown) => {
        openCalls.remove(socket, call);
        setCallHeaders(reply, call);
        sendProblem(reply, pipeline.toFailure(error, call, operation), call);
      },
    );
  };
}
