import { Injectable } from '@nestjs/common';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyInstance } from 'fastify';
import mercurius, { type MercuriusOptions } from 'mercurius';

/** Registers mercurius and nothing else: the hooks that @nestjs/mercurius adds for instrumentation cost every request two rounds of promises. */
@Injectable()
export class OperationsDriver extends MercuriusDriver {
  override async start(options: MercuriusDriverConfig): Promise<void> {
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(mercurius, options as MercuriusOptions);
  }
}
