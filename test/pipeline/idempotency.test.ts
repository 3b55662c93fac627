import { CommandHandler } from '@nestjs/cqrs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { anyone, callerId, can, grant } from '../../src/contract/access.js';
import { failure } from '../../src/contract/failure.js';
import { jsonDecoder } from '../../src/contract/json-codec.js';
import { describe as descriptorOf, module } from '../../src/contract/module.js';
import { command, type Handles } from '../../src/contract/operation.js';
import { Id, view } from '../../src/contract/values.js';
import { Call } from '../../src/pipeline/call.js';
import { CurrentCall } from '../../src/ports/current-call.js';
import { UnitOfWork } from '../../src/ports/unit-of-work.js';
import { createSpecimenApplication } from '../support/specimen-application.js';
import { runCall } from './run-call.js';

class AlreadySealed extends failure('LETTER_SEALED', 'failed_precondition', 'The letter is sealed already') {}

class SealLetter extends command({
  input: z.object({ id: Id }),
  output: view('Seal', { seal: Id }),
  errors: [AlreadySealed],
  access: anyone,
  rest: 'POST /letters/:id/seal',
}) {}

class SendLetter extends command({
  input: z.object({ id: Id }),
  output: view('Dispatch', { dispatch: Id }),
  access: can('send', 'Letter'),
  rest: 'POST /letters/:id/send',
}) {}

const letters = module(
  'letters',
  { SealLetter, SendLetter },
  { grants: [grant('USER', ['send'], 'Letter', { writerId: callerId })] },
);
const firstIsDone = Promise.withResolvers<void>();
let calls = 0;

/** Looks before it works; the second one looks when the first has done it. */
@CommandHandler(SealLetter)
class SealLetterHandler implements Handles<SealLetter> {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute() {
    calls += 1;
    if (calls === 1) return this.unitOfWork.run(async () => ({ seal: crypto.randomUUID() }));
    await firstIsDone.promise;
    throw new AlreadySealed();
  }
}

const bothRun = Promise.withResolvers<void>();
const firstIsSent = Promise.withResolvers<void>();
let sends = 0;

/** Two at a time: the second one works when the first has done it. */
@CommandHandler(SendLetter)
class SendLetterHandler implements Handles<SendLetter> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly call: CurrentCall,
  ) {}

  async execute() {
    sends += 1;
    if (sends === 2) {
      bothRun.resolve();
      await firstIsSent.promise;
    }
    await bothRun.promise;
    return this.unitOfWork.run(async () => {
      this.call.rows('send', 'Letter');
      return { dispatch: crypto.randomUUID() };
    });
  }
}

const handlers = [SealLetterHandler, SendLetterHandler];

test('a request that fails because another one with its key was quicker gets the outcome of that one', async () => {
  const { pipeline, close } = await createSpecimenApplication({ modules: [letters], handlers });
  const operation = descriptorOf(SealLetter);
  const decode = jsonDecoder(operation.input);
  const input = { id: crypto.randomUUID() };
  const execute = () => {
    const call = pipeline.begin({ protocol: 'rest', address: 'test', idempotencyKey: 'same' }, operation);
    return runCall(pipeline, new Call(operation, call, input, decode));
  };
  const [first, second] = [execute(), execute()];
  const done = await first;
  firstIsDone.resolve();
  expect(await second).toEqual(done);
  expect(calls).toBe(2);
  await close();
});

test('a request whose unit of work comes second gets what that of the first returned', async () => {
  const { pipeline, token, close } = await createSpecimenApplication({ modules: [letters], handlers });
  const operation = descriptorOf(SendLetter);
  const authorization = `Bearer ${await token('USER')}`;
  const input = { id: crypto.randomUUID() };
  const execute = () => {
    const inbound = { protocol: 'rest', address: 'test', idempotencyKey: 'same', authorization } as const;
    return runCall(
      pipeline,
      new Call(operation, pipeline.begin(inbound, operation), input, jsonDecoder(operation.input)),
    );
  };
  const first = execute();
  const second = execute();
  const done = await Promise.race([first, second]);
  firstIsSent.resolve();
  expect([await first, await second]).toEqual([done, done]);
  expect(sends).toBe(2);
  await close();
});
