import { once } from 'node:events';
import { Injectable, Scope } from '@nestjs/common';
import { CommandBus, CommandHandler, CqrsModule, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyone, authenticated, callerId, can, grant, internal } from '../../src/contract/access.js';
import { Cancelled, DeadlineExceeded } from '../../src/contract/built-in-failures.js';
import { Failure } from '../../src/contract/failure.js';
import { jsonDecoder } from '../../src/contract/json-codec.js';
import { describe as descriptorOf, module } from '../../src/contract/module.js';
import { command, type Handles, query } from '../../src/contract/operation.js';
import { Id, text, view } from '../../src/contract/values.js';
import { Call } from '../../src/pipeline/call.js';
import type { CallContext, Inbound } from '../../src/pipeline/call-context.js';
import { OperationMetrics } from '../../src/pipeline/operation-metrics.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { Bus } from '../../src/ports/bus.js';
import { CurrentCall, type RowFilter } from '../../src/ports/current-call.js';
import { Revocations } from '../../src/ports/revocations.js';
import { UnitOfWork } from '../../src/ports/unit-of-work.js';
import { specimenHandlers } from '../fixtures/specimens/specimens.handlers.js';
import { specimens, WaitForSpecimen } from '../fixtures/specimens/specimens.operations.js';
import { createSpecimenApplication, type SpecimenApplication } from '../support/specimen-application.js';
import { runCall } from './run-call.js';

const Note = view('Note', { id: Id, by: text({ max: 100 }) });
const note = (by: string) => ({ id: crypto.randomUUID(), by });

class ReadNote extends query({
  input: z.object({ owner: Id }),
  output: Note,
  access: can('read', 'Note'),
  rest: 'GET /notes/of/:owner',
}) {}
class ListNotes extends query({ input: z.object({}), output: Note, access: can('read', 'Note'), rest: 'GET /notes' }) {}
class ListAllNotes extends query({
  input: z.object({}),
  output: Note,
  access: can('read', 'Note'),
  rest: 'GET /notes/all',
}) {}
class OpenNote extends query({ input: z.object({}), output: Note, access: anyone, rest: 'GET /notes/open' }) {}
class MyNote extends query({ input: z.object({}), output: Note, access: authenticated, rest: 'GET /notes/mine' }) {}
class SecretNote extends command({ input: z.object({}), output: Note, access: internal }) {}
class AskSecretNote extends command({
  input: z.object({ as: text({ max: 10 }) }),
  output: Note,
  access: anyone,
  rest: 'POST /notes/ask',
}) {}
class LimitedNote extends query({
  input: z.object({}),
  output: Note,
  access: anyone,
  rest: 'GET /notes/limited',
  ratePerSecond: 2,
}) {}
class WrongNote extends command({ input: z.object({}), output: Note, access: anyone, rest: 'POST /notes/wrong' }) {}

const notes = module(
  'notes',
  { ReadNote, ListNotes, ListAllNotes, OpenNote, MyNote, SecretNote, AskSecretNote, LimitedNote, WrongNote },
  { grants: [grant('USER', ['read'], 'Note', { owner: callerId }), grant('ADMIN', ['manage'], 'all')] },
);

let rows: RowFilter | undefined;

@QueryHandler(ReadNote)
class ReadNoteHandler implements Handles<ReadNote> {
  async execute({ input }: ReadNote) {
    return note(input.owner);
  }
}
@QueryHandler(ListNotes)
class ListNotesHandler implements Handles<ListNotes> {
  constructor(private readonly call: CurrentCall) {}
  async execute() {
    rows = this.call.rows('read', 'Note');
    return note('list');
  }
}
@QueryHandler(ListAllNotes)
class UnfilteredHandler implements Handles<ListAllNotes> {
  async execute() {
    return note('all');
  }
}
@QueryHandler(OpenNote)
class OpenNoteHandler implements Handles<OpenNote> {
  constructor(private readonly call: CurrentCall) {}
  async execute() {
    return note(this.call.userId ?? 'nobody');
  }
}
@QueryHandler(MyNote)
class MyNoteHandler implements Handles<MyNote> {
  constructor(private readonly call: CurrentCall) {}
  async execute() {
    return note(this.call.userId ?? 'nobody');
  }
}
@CommandHandler(SecretNote)
class SecretNoteHandler implements Handles<SecretNote> {
  constructor(private readonly call: CurrentCall) {}
  async execute() {
    return note(this.call.userId ?? 'a service');
  }
}
@CommandHandler(AskSecretNote)
class AskSecretNoteHandler implements Handles<AskSecretNote> {
  constructor(
    private readonly bus: Bus,
    private readonly unitOfWork: UnitOfWork,
  ) {}
  execute({ input }: AskSecretNote) {
    if (input.as === 'caller') return this.bus.execute(new SecretNote());
    if (input.as === 'inside') return this.unitOfWork.run(() => this.bus.asService.execute(new SecretNote()));
    return this.bus.asService.execute(new SecretNote());
  }
}
@QueryHandler(LimitedNote)
class LimitedNoteHandler implements Handles<LimitedNote> {
  async execute() {
    return note('limited');
  }
}
@CommandHandler(WrongNote)
class WrongNoteHandler implements Handles<WrongNote> {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  async execute() {
    await this.unitOfWork.run(async () => note('one'));
    return note('another');
  }
}

let endOfWait: unknown;
let begun = Promise.withResolvers<void>();
@QueryHandler(ReadNote)
class WaitingHandler implements Handles<ReadNote> {
  constructor(private readonly call: CurrentCall) {}
  async execute({ input }: ReadNote) {
    const { signal } = this.call;
    begun.resolve();
    await once(signal, 'abort');
    endOfWait = signal.reason;
    return note(input.owner);
  }
}

const handlers = [
  ReadNoteHandler,
  ListNotesHandler,
  UnfilteredHandler,
  OpenNoteHandler,
  MyNoteHandler,
  SecretNoteHandler,
  AskSecretNoteHandler,
  LimitedNoteHandler,
  WrongNoteHandler,
];

let application: SpecimenApplication;
const start = async (options: Parameters<typeof createSpecimenApplication>[0] = {}) => {
  application = await createSpecimenApplication({ modules: [notes], handlers, ...options });
  return application;
};
afterEach(() => application?.close());

async function call(message: object, payload: object, inbound: Partial<Inbound> = {}) {
  const operation = descriptorOf(message);
  const context = application.pipeline.begin({ protocol: 'rest', address: '192.0.2.1', ...inbound }, operation);
  const value = await runCall(
    application.pipeline,
    new Call(operation, context, payload, jsonDecoder(operation.input)),
  );
  return { value: value as { id: string; by: string }, context };
}

const code = (outcome: Promise<unknown>): Promise<string> =>
  outcome.then(
    () => 'OK',
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  );

const bearer = async (role: 'USER' | 'ADMIN', userId?: string) => ({
  authorization: `Bearer ${await application.token(role, userId)}`,
});

describe('authentication', () => {
  it('distinguishes an anonymous caller, a user and an invalid token', async () => {
    await start();
    const me = crypto.randomUUID();
    expect(await code(call(MyNote, {}))).toBe('UNAUTHENTICATED');
    expect(await code(call(MyNote, {}, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }))).toBe('UNAUTHENTICATED');
    expect(await code(call(MyNote, {}, { authorization: 'Basic YTpi' }))).toBe('UNAUTHENTICATED');
    expect((await call(MyNote, {}, await bearer('USER', me))).value.by).toBe(me);
  });

  it('treats a wrong token as anonymous where anyone may call', async () => {
    await start();
    expect((await call(OpenNote, {}, { authorization: 'Bearer nonsense' })).value.by).toBe('nobody');
  });

  it('refuses a token from the moment its user is revoked', async () => {
    await start();
    const me = crypto.randomUUID();
    const credentials = await bearer('USER', me);
    expect(await code(call(MyNote, {}, credentials))).toBe('OK');
    await application.get(Revocations).revoke(`user:${me}`, Date.now() / 1000 + 900);
    expect(await code(call(MyNote, {}, credentials))).toBe('UNAUTHENTICATED');
    expect((await call(OpenNote, {}, credentials)).value.by).toBe('nobody');
  });
});

describe('authorization', () => {
  it('decides conditions that the input answers before the handler runs', async () => {
    await start();
    const [me, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const mine = await bearer('USER', me);
    expect(await code(call(ReadNote, { owner: me }, mine))).toBe('OK');
    expect(await code(call(ReadNote, { owner: other }, mine))).toBe('PERMISSION_DENIED');
    expect(await code(call(ReadNote, { owner: other }, await bearer('ADMIN')))).toBe('OK');
    expect(await code(call(ReadNote, { owner: other }))).toBe('UNAUTHENTICATED');
  });

  it('comes before validation', async () => {
    await start();
    expect(await code(call(ReadNote, { owner: 'x' }))).toBe('UNAUTHENTICATED');
  });

  it('gives the handler the rows of the caller', async () => {
    await start();
    const me = crypto.randomUUID();
    await call(ListNotes, {}, await bearer('USER', me));
    expect(rows).toEqual([{ owner: me }]);
    await call(ListNotes, {}, await bearer('ADMIN'));
    expect(rows).toBe('all');
  });

  it('fails closed when a handler does not read them', async () => {
    await start();
    expect(await code(call(ListAllNotes, {}, await bearer('USER')))).toBe('INTERNAL');
    expect(await code(call(ListAllNotes, {}, await bearer('ADMIN')))).toBe('OK');
  });

  it('keeps internal operations for services', async () => {
    await start();
    expect(await code(call(SecretNote, {}, await bearer('ADMIN')))).toBe('PERMISSION_DENIED');
    expect(await code(call(SecretNote, {}, { serviceAuthorization: await application.token('ADMIN') }))).toBe(
      'UNAUTHENTICATED',
    );
    expect((await call(SecretNote, {}, { serviceAuthorization: await application.serviceToken() })).value.by).toBe(
      'a service',
    );
  });
});

describe('the bus', () => {
  it('calls on as the caller, or as this service', async () => {
    await start();
    expect(await code(call(AskSecretNote, { as: 'caller' }, await bearer('ADMIN')))).toBe('PERMISSION_DENIED');
    expect((await call(AskSecretNote, { as: 'service' }, await bearer('USER'))).value.by).toBe('a service');
  });

  it('refuses a call inside a unit of work', async () => {
    await start();
    expect(await code(call(AskSecretNote, { as: 'inside' }))).toBe('INTERNAL');
  });

  it('works outside any call and validates its input', async () => {
    await start();
    const bus = application.get(Bus);
    expect((await bus.asService.execute(new SecretNote())).by).toBe('a service');
    expect(await code(bus.asService.execute(new ReadNote({ owner: 'x' })))).toBe('INVALID_ARGUMENT');
  });

  it('is injected for the buses of @nestjs/cqrs', async () => {
    await start();
    expect(await code(application.get(CommandBus).execute(new SecretNote()))).toBe('PERMISSION_DENIED');
    expect(await code(application.get(QueryBus).execute(new ReadNote({ owner: 'x' })))).toBe('UNAUTHENTICATED');
    expect(await application.get(QueryBus).execute(new OpenNote())).toMatchObject({ by: 'nobody' });
  });
});

describe('limits', () => {
  it('count by caller and operation and say when to retry', async () => {
    const limits = {
      enabled: true,
      address: { quota: 100, windowSeconds: 60 },
      caller: { quota: 100, windowSeconds: 60 },
      operations: { 'notes.limitedNote': { quota: 2, windowSeconds: 60 } },
    };
    await start({ rateLimiter: new MemoryRateLimiter(), pipeline: { limits } });
    const me = await bearer('USER');
    const { context } = await call(LimitedNote, {}, me);
    expect(context.rate).toMatchObject({ policy: { name: 'notes.limitedNote', quota: 2 }, decision: { remaining: 1 } });
    expect(await code(call(LimitedNote, {}, me))).toBe('OK');
    await expect(call(LimitedNote, {}, me)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await code(call(LimitedNote, {}, await bearer('USER')))).toBe('OK');
    expect(await code(call(OpenNote, {}, me))).toBe('OK');
  });

  it('count by address for all callers', async () => {
    const limits = {
      enabled: true,
      address: { quota: 2, windowSeconds: 60 },
      caller: { quota: 100, windowSeconds: 60 },
      operations: {},
    };
    await start({ rateLimiter: new MemoryRateLimiter(), pipeline: { limits } });
    const outcomes = [code(call(OpenNote, {})), code(call(MyNote, {})), code(call(OpenNote, {}, await bearer('USER')))];
    expect(await Promise.all(outcomes)).toEqual(['OK', 'UNAUTHENTICATED', 'RATE_LIMITED']);
    expect(await code(call(OpenNote, {}, { address: '192.0.2.2' }))).toBe('OK');
  });
});

describe('idempotency', () => {
  it('refuses unusable keys', async () => {
    await start();
    expect(await code(call(WrongNote, {}, { idempotencyKey: 'x'.repeat(256) }))).toBe('INVALID_ARGUMENT');
    expect(await code(call(WrongNote, {}, { idempotencyKey: 'a\nb' }))).toBe('INVALID_ARGUMENT');
  });

  it('says when a command does not return what its unit of work returned', async () => {
    await start();
    expect(await code(call(WrongNote, {}))).toBe('OK');
    expect(await code(call(WrongNote, {}, { idempotencyKey: 'k' }))).toBe('INTERNAL');
  });
});

describe('the boot', () => {
  it('fails without a handler, naming the operation', async () => {
    await expect(createSpecimenApplication({ modules: [notes], handlers: handlers.slice(1) })).rejects.toThrow(
      'notes.readNote has no handler',
    );
  });

  it('fails with two handlers, naming both', async () => {
    @QueryHandler(ReadNote)
    class SecondHandler extends ReadNoteHandler {}
    const boot = createSpecimenApplication({ modules: [notes], handlers: [...handlers, SecondHandler] });
    await expect(boot).rejects.toThrow('notes.readNote has 2 handlers: ReadNoteHandler, SecondHandler');
  });
});

it('fails the boot with the module whose buses skip authorization', async () => {
  const boot = createSpecimenApplication({ modules: [notes], handlers, imports: [CqrsModule.forRoot()] });
  await expect(boot).rejects.toThrow('CqrsModule is imported: its buses skip authorization');
});

it('fails the boot with a handler made per request, naming it', async () => {
  @Injectable({ scope: Scope.REQUEST })
  @QueryHandler(ReadNote)
  class PerRequestHandler extends ReadNoteHandler {}
  const boot = createSpecimenApplication({ modules: [notes], handlers: [PerRequestHandler, ...handlers.slice(1)] });
  await expect(boot).rejects.toThrow('notes.readNote has a handler made per request: PerRequestHandler');
});

describe('the end of a call', () => {
  const connection = { destroyed: false };
  const waiting = async (inbound: Partial<Inbound>) => {
    begun = Promise.withResolvers();
    endOfWait = undefined;
    await start({ handlers: [WaitingHandler, ...handlers.slice(1)] });
    return call(ReadNote, { owner: crypto.randomUUID() }, { ...(await bearer('ADMIN')), ...inbound });
  };

  it('comes with its deadline, whatever its handler does', async () => {
    // on a busy machine a short deadline may pass before the handler begins
    for (let timeoutMs = 20; endOfWait === undefined; timeoutMs *= 2) {
      expect(await code(waiting({ timeoutMs }))).toBe('DEADLINE_EXCEEDED');
    }
    expect(endOfWait).toBeInstanceOf(DeadlineExceeded);
    expect(application.pipeline.running).toBe(0);
  });

  it('comes before its handler when there is no time at all', async () => {
    expect(await code(waiting({ timeoutMs: 0 }))).toBe('DEADLINE_EXCEEDED');
    expect(endOfWait).toBeUndefined();
  });

  it('comes when the connection of its caller is closed', async () => {
    const outcome = code(waiting({ connection }));
    await expect.poll(() => application?.pipeline.running).toBe(1);
    connection.destroyed = true;
    expect(await outcome).toBe('CANCELLED');
    await expect.poll(() => endOfWait).toBeInstanceOf(Cancelled);
  });

  it('lets a draining process go', async () => {
    const outcome = code(waiting({ timeoutMs: 50 }));
    await Promise.race([begun.promise, outcome]);
    await application.pipeline.drain();
    expect(await outcome).toBe('DEADLINE_EXCEEDED');
  });
});

describe('the end of a process', () => {
  it('lets running calls finish and refuses new ones', async () => {
    await start({ modules: [specimens], handlers: specimenHandlers });
    const running = code(call(WaitForSpecimen, {}, { timeoutMs: 50 }));
    let drained = false;
    const drain = application.pipeline.drain().then(() => {
      drained = true;
    });
    expect(await code(call(WaitForSpecimen, {}))).toBe('SERVICE_UNAVAILABLE');
    expect(drained).toBe(false);
    expect(await running).toBe('DEADLINE_EXCEEDED');
    await drain;
  });
});

it('a caller may set a shorter deadline than the default, not a longer one', async () => {
  await start();
  const deadline = (timeoutMs?: number): number => {
    const context: CallContext = application.pipeline.begin({ protocol: 'rest', address: 'x', timeoutMs });
    return Math.round((context.lifetime.deadline - performance.now()) / 1000);
  };
  expect([deadline(), deadline(3_000), deadline(600_000)]).toEqual([60, 3, 60]);
});

describe('an output that cannot be encoded', () => {
  it('fails with INTERNAL, and is counted so', async () => {
    await start();
    const operation = descriptorOf(OpenNote);
    const context = application.pipeline.begin({ protocol: 'rest', address: '192.0.2.1' }, operation);
    const unencodable = new Call(operation, context, {}, jsonDecoder(operation.input));
    unencodable.encode = () => {
      throw new TypeError('no such field');
    };
    expect(await code(runCall(application.pipeline, unencodable))).toBe('INTERNAL');
    expect([...application.get(OperationMetrics).of(operation, 'rest').outcomes]).toEqual([['INTERNAL', 1]]);
  });
});
