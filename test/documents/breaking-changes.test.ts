import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { breakingChanges } from '../../scripts/contract/breaking/breaking-changes.js';
import { generate } from '../../scripts/contract/generate.js';
import { isProto, type WireDocuments } from '../../scripts/contract/wire-documents.js';
import { authenticated } from '../../src/contract/access.js';
import { failure } from '../../src/contract/failure.js';
import type { ModuleContract } from '../../src/contract/module.js';
import { secret, text } from '../../src/contract/values.js';
import { fields, input, type Plan, sizes, things } from './things.js';

const info = { title: 'Things', version: '1' };
const documents = (modules: ModuleContract[], committed: WireDocuments = new Map()) =>
  generate(modules, info, committed);
const released = documents([things()]);

const withoutProtos = (all: WireDocuments): WireDocuments => new Map([...all].filter(([path]) => !isProto(path)));

const changes = async (plan: Plan, relevant = withoutProtos): Promise<string[]> => {
  const current = documents([things(plan)], released);
  const found = await breakingChanges(relevant(released), relevant(current));
  return found.map(({ document, finding }) => `${document}: ${finding}`);
};

const without = <T extends object>(whole: T, name: keyof T): Omit<T, keyof T> => {
  const { [name]: _, ...rest } = whole;
  return rest;
};

const Gone = (kind: 'not_found' | 'already_exists') => failure('THING_GONE', kind, 'Gone');

const rest = 'openapi.json: POST /things:';
const mqtt = 'asyncapi.json: mqttSaveThing:';
const websocket = 'asyncapi.json: websocketSaveThing:';

describe('a breaking change', () => {
  it.each<[string, Plan, string[]]>([
    [
      'a field of the input removed',
      { input: without(input, 'note') },
      [
        `${rest} body.note is gone`,
        `${mqtt} payload.note is gone`,
        `${websocket} payload.params.note is gone`,
        'schema.graphql: Mutation.saveThing arg note was removed.',
      ],
    ],
    [
      'a new required field of the input',
      { input: { ...input, owner: text({ max: 9 }) } },
      [`${rest} body.owner is required now`, 'schema.graphql: A required arg owner on Mutation.saveThing was added.'],
    ],
    [
      'a field of the input that became required',
      { input: { ...input, note: text({ max: 50 }) } },
      [`${rest} body.note is required now`, `${mqtt} payload.note is required now`],
    ],
    ['another type', { input: { ...input, name: z.int32() } }, [`${rest} body.name: type was "string", is "integer"`]],
    [
      'another format',
      { input: { ...input, count: z.int().min(1).max(10).default(1) } },
      [`${rest} body.count: format was "int32", is "int64"`],
    ],
    [
      'narrower bounds of the input',
      { input: { ...input, count: z.int32().min(2).max(9).default(2), tags: z.array(text({ max: 19 })).max(5) } },
      [
        `${rest} body.count: minimum was 1, is 2`,
        `${rest} body.count: maximum was 10, is 9`,
        `${rest} body.tags[]: maxLength was 20, is 19`,
      ],
    ],
    [
      'a pattern of its own',
      { input: { ...input, name: text({ min: 1, max: 50 }).regex(/^a/) } },
      [`${rest} body.name: pattern was "^[^\\\\x00]*$", is "^a"`],
    ],
    [
      'a value of an enum removed',
      { input: { ...input, size: sizes('SMALL').optional() } },
      [`${rest} body.size: the value "LARGE" is gone`, 'schema.graphql: LARGE was removed from enum type Size.'],
    ],
    [
      'text that became an enum',
      { input: { ...input, note: sizes('SMALL', 'LARGE').optional() } },
      [`${rest} body.note: only ["SMALL","LARGE"] are admitted now`],
    ],
    [
      'a parameter of the query string removed',
      { filter: {} },
      ['openapi.json: GET /things: query parameter q is gone'],
    ],
    [
      'a field of the output removed',
      { output: without(fields, 'note') },
      [
        `${rest} 201.note is gone`,
        `${mqtt} saveThingResult.result.note is gone`,
        'schema.graphql: Thing.note was removed.',
      ],
    ],
    [
      'a field of the output that may be absent',
      { output: { ...fields, name: fields.name.optional() } },
      [`${rest} 201.name may be absent now`],
    ],
    [
      'another type of a map value',
      { output: { ...fields, labels: z.record(text({ max: 10 }), z.boolean()) } },
      [`${rest} 201.labels[]: type was "integer", is "boolean"`],
    ],
    ['another status', { restStatus: 202 }, [`${rest} 201 is gone`]],
    ['another path', { rest: 'POST /objects' }, ['openapi.json: POST /things is gone']],
    [
      'an operation renamed',
      { key: 'KeepThing' },
      [
        `${rest} operationId was saveThing, is keepThing`,
        'asyncapi.json: mqttSaveThing is gone',
        'schema.graphql: Mutation.saveThing was removed.',
      ],
    ],
    [
      'a token where none was needed',
      { access: authenticated },
      [`${rest} a token is required now`, `${websocket} a token is required now`],
    ],
  ])('%s', async (_name, plan, expected) => {
    expect(await changes(plan)).toEqual(expect.arrayContaining(expected));
  });

  it('of the status of a failure', async () => {
    const before = documents([things({ errors: [Gone('not_found')] })]);
    const after = documents([things({ errors: [Gone('already_exists')] })], before);
    expect(await breakingChanges(before, after)).toContainEqual({
      document: 'openapi.json',
      finding: 'POST /things: status of THING_GONE was 404, is 409',
    });
  });

  it('of a topic', async () => {
    const moved = new Map(released);
    moved.set('asyncapi.json', (released.get('asyncapi.json') ?? '').replaceAll('mstv/rpc', 'other/rpc'));
    expect(await breakingChanges(released, moved)).toContainEqual({
      document: 'asyncapi.json',
      finding: 'mqttSaveThing: address was mstv/rpc/things/save-thing, is other/rpc/things/save-thing',
    });
  });

  it('of everything: a document that was removed', async () => {
    const found = await breakingChanges(released, new Map());
    expect(found.map(({ document }) => document)).toEqual(['openapi.json', 'asyncapi.json', 'schema.graphql', 'proto']);
  });

  it.each<[string, Plan, string]>([
    ['field', { output: without(fields, 'note') }, 'field "3" with name "note" on message "Thing" was deleted. (FIELD'],
    ['method', { key: 'KeepThing' }, 'RPC "SaveThing" on service "ThingsService" was deleted. (RPC'],
  ])('of protobuf: a %s that is gone', async (_name, plan, expected) => {
    const all = (documents: WireDocuments) => documents;
    expect(await changes(plan, all)).toContain(
      `proto/things/v1/things.proto: Previously present ${expected}_NO_DELETE)`,
    );
  });

  it('of protobuf: another field number', async () => {
    const path = 'proto/things/v1/things.proto';
    const proto = released.get(path) ?? '';
    const moved = new Map(released).set(path, proto.replace(/(message Thing \{\n.*)1;/, '$199;'));
    expect(moved.get(path)).not.toBe(proto);
    expect((await breakingChanges(released, moved)).map(({ document }) => document)).toContain(path);
  });
});

describe('what is no breaking change', () => {
  it.each<[string, Plan]>([
    ['nothing', {}],
    ['a new optional field of the input', { input: { ...input, owner: text({ max: 9 }).optional() } }],
    ['a new field of the output', { output: { ...fields, owner: text({ max: 9 }) } }],
    ['wider bounds', { input: { ...input, count: z.int32().min(0).max(11).default(1) } }],
    ['a new value of an enum', { input: { ...input, size: sizes('SMALL', 'LARGE', 'HUGE').optional() } }],
    ['a new failure', { errors: [Gone('not_found')] }],
    ['a field shown as a password', { input: { ...input, name: secret(input.name) } }],
  ])('%s', async (_name, plan) => {
    expect(await changes(plan)).toEqual([]);
  });

  it('a token that is needed no more', async () => {
    const before = documents([things({ access: authenticated })]);
    expect(await breakingChanges(before, documents([things()], before))).toEqual([]);
  });

  it('anything before the first release', async () => {
    expect(await breakingChanges(new Map(), released)).toEqual([]);
  });
});
