import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MethodNotAllowed, RouteNotFound } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { Pipeline } from '../../pipeline/pipeline.js';
import { answerError, refusal } from './answer-error.js';
import type { RouteTable } from './route-table.js';

/** For requests that reached no operation, and errors of hand-written controllers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    answerError(this.pipeline, this.#failure(error, request, reply) ?? error, request, reply);
  }

  #failure(error: unknown, request: FastifyRequest, reply: FastifyReply): Failure | undefined {
    if (request.is404 || error instanceof NotFoundException) return this.#noRoute(request, reply);
    return error instanceof HttpException ? refusal(error.getStatus()) : undefined;
  }

  #noRoute({ method, url }: FastifyRequest, reply: FastifyReply): Failure {
    const allowed = this.routes.methods(pathOf(url));
    if (allowed.length === 0 || allowed.includes(method)) return new RouteNotFound();
    reply.header('allow', allowed.join(', '));
    return new MethodNotAllowed();
  }
}

/** Proxies may send an absolute URL. */
const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/]*/i, '').replace(/\?.*/, '');
