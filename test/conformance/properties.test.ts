import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { InvalidArgument } from '../../src/contract/built-in-failures.js';
import type { Issue } from '../../src/contract/failure.js';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { type AnyOperationClass, type Operation, type Protocol, protocols } from '../../src/contract/operation.js';
import { validate } from '../../src/contract/validate.js';
import { EchoSpecimen, FilterSpecimens } from '../fixtures/specimens/specimens.operations.js';
import { specimenProtos } from '../fixtures/specimens/specimens.protos.js';
import { createClient } from '../support/create-client.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import { invalidObject, validObject } from './arbitraries.js';

let target: SpecimenTarget;
const clients = new Map<Protocol, Client>();

beforeAll(async () => {
  target = await startSpecimens();
  const { http, grpc = '', mqtt = '' } = target.addresses;
  const urls = { rest: http, graphql: http, grpc, websocket: http, mqtt };
  for (const protocol of protocols) {
    const options = { protos: specimenProtos, mqttTopicPrefix: target.topicPrefix };
    clients.set(protocol, createClient({ protocol, url: urls[protocol], ...options }));
  }
});

afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await target.stop();
});

const inEveryProtocol = <T>(call: (client: Client) => Promise<T>): Promise<(readonly [Protocol, T])[]> =>
  Promise.all([...clients].map(async ([protocol, client]) => [protocol, await call(client)] as const));

const build = (message: AnyOperationClass, input: object): Operation =>
  new (message as unknown as new (given: object) => Operation)(input);

const byText = (a: Issue, b: Issue): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function issuesOf(error: unknown): readonly Issue[] {
  if (!(error instanceof InvalidArgument)) throw error;
  return (error.issues ?? []).toSorted(byText);
}

/** What the schema alone says. */
function expectedIssues(message: AnyOperationClass, input: object): readonly Issue[] {
  try {
    validate(descriptorOf(message), input, (given) => given);
  } catch (error) {
    return issuesOf(error);
  }
  throw new Error('the input is valid');
}

const issuesFrom = (client: Client, message: Operation): Promise<readonly Issue[]> =>
  client.execute(message).then(() => [], issuesOf);

describe.each([
  ['a command with every type there is', EchoSpecimen as unknown as AnyOperationClass, 60],
  ['a query with all that a URL can carry', FilterSpecimens as unknown as AnyOperationClass, 60],
])('%s', (_name, message, numRuns) => {
  const { input: shape, spec } = descriptorOf(message);

  test('gives any valid input back unchanged in every protocol', async () => {
    const property = fc.asyncProperty(validObject(shape), async (input) => {
      const expected = spec.input.parse(input);
      const values = await inEveryProtocol((client) => client.execute(build(message, input)));
      for (const [protocol, value] of values) expect(value, protocol).toEqual(expected);
    });
    await fc.assert(property, { numRuns });
  });

  test('refuses any invalid input with the issues of its schema in every protocol', async () => {
    const property = fc.asyncProperty(invalidObject(shape, spec.input), async (input) => {
      const expected = expectedIssues(message, input);
      const issuesByProtocol = await inEveryProtocol((client) => issuesFrom(client, build(message, input)));
      for (const [protocol, issues] of issuesByProtocol) expect(issues, protocol).toEqual(expected);
    });
    await fc.assert(property, { numRuns });
  });
});
