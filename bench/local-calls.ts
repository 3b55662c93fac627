import type { Provider } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { callerId, can, grant } from '../src/contract/access.js';
import { jsonDecoder } from '../src/contract/json-codec.js';
import { module } from '../src/contract/module.js';
import { query } from '../src/contract/operation.js';
import { Id, Timestamp, text, view } from '../src/contract/values.js';
import { Call as PipelineCall } from '../src/pipeline/call.js';
import { runInCall } from '../src/pipeline/call-context.js';
import { MemoryRateLimiter } from '../src/platform/cache/memory-rate-limiter.js';
import { Bus } from '../src/ports/bus.js';
import { createSpecimenApplication, type SpecimenApplication } from '../test/support/specimen-application.js';
import { type Spread, spread } from './statistics.js';

/** Microseconds per call without a protocol. */
export interface LocalCallCost {
  /** `bus.execute` as a handler calls it: authorized, validated, executed in the call it serves. */
  readonly nested: Spread;
  /** Everything that a transport asks for, from the token on. */
  readonly edge: Spread;
  /** The same over all declared operations in turn, so that nothing of one is left in the caches of the processor. */
  readonly nestedInTurn: Spread;
  readonly edgeInTurn: Spread;
}

type Call = (index: number) => Promise<unknown>;

const Note = view('Note', { id: Id, text: text({ max: 100 }), createdAt: Timestamp });
const id = '01890000-0000-7000-8000-000000000001';
const note = { id, text: 'Remember the milk', createdAt: '2026-01-01T00:00:00.000Z' };
const plenty = { quota: 1_000_000_000, windowSeconds: 1 };
const warmUpRounds = 3;

const getNote = (index: number) =>
  class extends query({
    input: z.object({ id: Id }),
    output: Note,
    access: can('read', 'Note'),
    rest: `GET /notes-${index}/:id`,
  }) {};

function handlerOf(operation: ReturnType<typeof getNote>): Provider {
  class Handler {
    async execute() {
      return note;
    }
  }
  QueryHandler(operation)(Handler);
  return Handler;
}

/** Of one operation among `count` declared ones, all alike. */
export async function localCallCost(count: number, rounds: number, calls: number): Promise<LocalCallCost> {
  const operations = Array.from({ length: count }, (_, index) => getNote(index));
  const named = Object.fromEntries(operations.map((operation, index) => [`GetNote${index}`, operation]));
  const notes = module('notes', named, { grants: [grant('USER', ['read'], 'Note', { id: callerId })] });
  const application = await createSpecimenApplication({
    modules: [notes],
    handlers: operations.map(handlerOf),
    rateLimiter: new MemoryRateLimiter(),
    pipeline: { limits: { enabled: true, address: plenty, caller: plenty, operations: {} } },
  });
  const nested = await nestedCall(application, operations);
  const edge = await edgeCall(application);
  const last = count - 1;
  return {
    nested: await cost(rounds, calls, () => nested(last)),
    edge: await cost(rounds, calls, () => edge(last)),
    nestedInTurn: await cost(rounds, calls, (index) => nested(index % count)),
    edgeInTurn: await cost(rounds, calls, (index) => edge(index % count)),
  };
}

async function nestedCall(application: SpecimenApplication, operations: ReturnType<typeof getNote>[]): Promise<Call> {
  const bus = application.get(Bus);
  const call = application.pipeline.begin(await inbound(application));
  await application.pipeline.authenticate(call);
  return (index) =>
    runInCall(call, () => {
      const Operation = operations[index] as ReturnType<typeof getNote>;
      return bus.execute(new Operation({ id }));
    });
}

async function edgeCall(application: SpecimenApplication): Promise<Call> {
  const { pipeline, registry } = application;
  const headers = await inbound(application);
  const prepared = registry.operations.map((operation) => ({ operation, decode: jsonDecoder(operation.input) }));
  return (index) => {
    const { operation, decode } = prepared[index] as (typeof prepared)[number];
    const call = new PipelineCall(operation, pipeline.begin(headers, operation), { id }, decode);
    return new Promise((resolve, reject) => pipeline.run(call, { resolve, reject }));
  };
}

const inbound = async ({ token }: SpecimenApplication) =>
  ({ protocol: 'rest', address: '127.0.0.1', authorization: `Bearer ${await token('USER', id)}` }) as const;

async function cost(rounds: number, calls: number, call: Call): Promise<Spread> {
  const costs: number[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const before = process.threadCpuUsage();
    for (let index = 0; index < calls; index++) await call(index);
    const { user, system } = process.threadCpuUsage(before);
    if (round >= 0) costs.push((user + system) / calls);
  }
  return spread(costs);
}
