import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type JsonSchema, jsonSchema } from '../../scripts/contract/json-schema.js';
import { jsonEncoder } from '../../src/contract/json-codec.js';
import { reflectObject } from '../../src/contract/reflect.js';
import { Email, secret, text, view } from '../../src/contract/values.js';
import { UserView } from '../../src/modules/users/contract/index.js';
import { Point, SpecimenView } from '../fixtures/specimens/specimens.operations.js';

const specimen = {
  label: 'quote " and \u2028',
  small: -2147483648,
  large: Number.MAX_SAFE_INTEGER,
  ratio: 0.1,
  flag: false,
  colour: 'DARK_GREEN',
  reference: '0190a6a0-0000-7000-8000-000000000000',
  happenedAt: '2026-11-01T00:00:00.000Z',
  price: { amount: 1999, currency: 'EUR' },
  tags: ['a', 'b'],
  numbers: [1, Number.MIN_SAFE_INTEGER],
  colours: ['RED'],
  times: [],
  path: [
    { x: 1.5, y: 1e300 },
    { x: -0.5, y: 2, label: 'end' },
  ],
  counts: { camelKey: 1, snake_key: 2 },
  places: { home: { x: 1, y: 2 } },
  target: { point: { x: 1, y: 2 } },
};

const user = {
  id: '0190a6a0-0000-7000-8000-000000000000',
  email: 'a@example.com',
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
};

describe('the JSON Schema of an output', () => {
  const server = fastify();
  const serve = (path: string, view: z.ZodType, value: unknown) => {
    const shape = reflectObject(view);
    const encode = jsonEncoder(shape);
    server.get(path, { schema: { response: { 200: jsonSchema(shape, 'output') } } }, async () => encode(value));
  };
  let origin: string;

  beforeAll(async () => {
    serve('/specimen', SpecimenView, specimen);
    serve('/user', UserView, { ...user, passwordHash: 'stays' });
    serve('/named-user', UserView, { ...user, name: 'Ada' });
    origin = await server.listen({ port: 0 });
  });
  afterAll(() => server.close());

  const get = async (path: string) => (await fetch(origin + path)).json();

  it('serializes a user without what is absent or undeclared', async () => {
    const { createdAt, updatedAt, ...rest } = user;
    expect(await get('/user')).toEqual({ ...rest, created_at: createdAt, updated_at: updatedAt });
    expect(await get('/named-user')).toMatchObject({ name: 'Ada' });
  });

  it('serializes a value of every type unchanged', async () => {
    const { happenedAt, ...rest } = specimen;
    expect(await get('/specimen')).toEqual({ ...rest, happened_at: happenedAt });
  });
});

const input = (fields: z.core.$ZodLooseShape): JsonSchema =>
  jsonSchema(reflectObject(z.object(fields), 'Made'), 'input');

describe('the JSON Schema of an input', () => {
  it('refuses what it does not know and has the wire names, bounds and defaults of the contract', () => {
    expect(
      input({ pageSize: z.int32().min(1).default(20), name: text({ min: 1, max: 9 }).describe('Given.') }),
    ).toEqual({
      type: 'object',
      properties: {
        page_size: { type: 'integer', format: 'int32', minimum: 1, maximum: 2147483647, default: 20 },
        name: { type: 'string', minLength: 1, maxLength: 9, pattern: '^[^\\x00]*$', description: 'Given.' },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  it('requires a list only if it may not be empty', () => {
    const { required } = input({ any: z.array(Email), some: z.array(Email).min(1), map: z.record(z.string(), Email) });
    expect(required).toEqual(['some']);
  });

  it('gives the default of a view in wire names, and what it is for', () => {
    const Size = view('Size', { widthCm: z.int32() }).meta({ id: 'Size', description: 'Of a thing.' });
    expect(input({ size: Size.default({ widthCm: 3 }) }).properties).toMatchObject({
      size: { description: 'Of a thing.', properties: { width_cm: {} }, default: { width_cm: 3 } },
    });
  });

  it('marks a credential as a password', () => {
    expect(input({ token: secret(text({ max: 9 })) }).properties).toMatchObject({ token: { format: 'password' } });
  });
});

describe('named schemas', () => {
  const components = { refs: '#/components/schemas/', schemas: {} as Record<string, JsonSchema> };

  it('become references when there is a place for them', () => {
    const schema = jsonSchema(reflectObject(SpecimenView), 'input', components);
    expect(schema.properties).toMatchObject({
      origin: { $ref: '#/components/schemas/PointInput' },
      colour: { $ref: '#/components/schemas/Colour' },
      path: { type: 'array', maxItems: 5, items: { $ref: '#/components/schemas/PointInput' } },
    });
    expect(components.schemas).toMatchObject({
      TargetInput: { minProperties: 1, maxProperties: 1, additionalProperties: false },
      Colour: { type: 'string', enum: ['RED', 'DARK_GREEN', 'BLUE'] },
    });
  });

  it('differ by direction and may not differ otherwise', () => {
    jsonSchema(reflectObject(z.object({ at: Point }), 'Made'), 'output', components);
    expect(components.schemas.Point).not.toHaveProperty('additionalProperties');
    const other = z.object({ at: Point.extend({ z: z.number() }).meta({ id: 'Point' }) });
    expect(() => jsonSchema(reflectObject(other, 'Made'), 'output', components)).toThrow(
      'two schemas are called Point',
    );
  });
});
