import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { InvalidArgument, MalformedRequest } from '../../../src/contract/built-in-failures.js';
import type { Issue } from '../../../src/contract/failure.js';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { validate } from '../../../src/contract/validate.js';
import { ProtoSchema } from '../../../src/protocols/grpc/proto-schema.js';
import { compileCodecs } from '../../../src/protocols/grpc/protobuf-codec.js';
import { aSpecimen } from '../../fixtures/specimens/a-specimen.js';
import {
  DiscardSpecimen,
  EchoSpecimen,
  FilterSpecimens,
  ListSpecimens,
  specimens,
  WaitForSpecimen,
} from '../../fixtures/specimens/specimens.operations.js';
import { specimenProtos } from '../../fixtures/specimens/specimens.protos.js';
import { codecOf } from './specimen-grpc.js';

const echo = codecOf(EchoSpecimen);
const filter = codecOf(FilterSpecimens);

const root = new protobuf.Root();
for (const text of specimenProtos.values()) protobuf.parse(text, root);
root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {});
const Filter = root.lookupType('specimens.v1.FilterSpecimensRequest');
const Echo = root.lookupType('specimens.v1.EchoSpecimenRequest');

const tag = (number: number, wireType: number): Buffer =>
  Buffer.from(new protobuf.Writer().uint32(number * 8 + wireType).finish());

/** Fields of every wire type, by numbers that no specimen has. */
const { unknownFields } = fc.letrec<{ unknownField: Buffer; unknownFields: Buffer }>((tie) => {
  const number = fc.constantFrom(127, 1_000, 18_999, 536_870_910);
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(Buffer.from);
  const field = (wireType: number, value: fc.Arbitrary<Buffer>) =>
    fc.tuple(number, value).map(([id, content]) => Buffer.concat([tag(id, wireType), content]));
  const group = fc
    .tuple(number, tie('unknownFields'))
    .map(([id, content]) => Buffer.concat([tag(id, 3), content, tag(id, 4)]));
  const text = fc.uint8Array({ maxLength: 20 }).map((content) => Buffer.from([content.length, ...content]));
  return {
    unknownField: fc.oneof(
      { depthSize: 'small' },
      field(0, fc.constantFrom(Buffer.from([0]), Buffer.from([0x96, 1]))),
      field(1, bytes(8)),
      field(2, text),
      field(5, bytes(4)),
      group,
    ),
    unknownFields: fc.array(tie('unknownField'), { maxLength: 3 }).map((fields) => Buffer.concat(fields)),
  };
});

const decoded = (bytes: Uint8Array, decode = filter.decodeRequest) => decode(Buffer.from(bytes), [], '');

/** What the server says of an input in JSON. */
function issuesInJson(input: unknown): readonly Issue[] | undefined {
  try {
    validate(descriptorOf(EchoSpecimen), input, (value) => value);
  } catch (error) {
    return (error as InvalidArgument).issues;
  }
  return undefined;
}

describe('a request in protobuf', () => {
  it('is decoded to what was encoded', () => {
    expect(decoded(echo.encodeRequest(aSpecimen), echo.decodeRequest)).toEqual(aSpecimen);
  });

  it('has empty lists and maps where there is nothing, and distinguishes absent from zero', () => {
    expect(decoded(Buffer.alloc(0))).toEqual({ colours: [] });
    expect(decoded(Buffer.alloc(0), echo.decodeRequest)).toEqual({
      tags: [],
      numbers: [],
      colours: [],
      times: [],
      path: [],
      counts: {},
      places: {},
    });
    const zeros = { page: 0, flag: false, ratio: 0, colours: [], q: '' };
    expect(decoded(filter.encodeRequest(zeros))).toEqual(zeros);
  });

  it('takes an unspecified enum value for absent and leaves an unknown one to the schema', () => {
    expect(
      decoded(Echo.encode(Echo.fromObject({ colour: 0, colours: [2, 0, 77] })).finish(), echo.decodeRequest),
    ).toEqual({
      colour: undefined,
      tags: [],
      numbers: [],
      colours: ['DARK_GREEN', undefined, 77],
      times: [],
      path: [],
      counts: {},
      places: {},
    });
    const ofUnknown = issuesInJson({ ...aSpecimen, colour: 77 });
    expect(ofUnknown).toEqual(issuesInJson({ ...aSpecimen, colour: 'PURPLE' }));
  });

  it.each([
    [{ seconds: 0, nanos: 0 }, '1970-01-01T00:00:00.000Z'],
    [{ seconds: -1, nanos: 999_999_999 }, '1969-12-31T23:59:59.999Z'],
    [{ seconds: 253_402_300_799, nanos: 999_000_000 }, '9999-12-31T23:59:59.999Z'],
    [{ seconds: Number.MAX_SAFE_INTEGER, nanos: 0 }, 'out of range'],
    [{ seconds: 0, nanos: -1 }, 'out of range'],
    [{ seconds: 0, nanos: 1_000_000_000 }, 'out of range'],
  ])('reads the timestamp %o as %s', (since, expected) => {
    expect(decoded(Filter.encode(Filter.fromObject({ since })).finish())).toEqual({ colours: [], since: expected });
  });

  it('leaves integers beyond 2^53 to the schema', () => {
    const bytes = Echo.encode(Echo.fromObject({ large: '9007199254740993' })).finish();
    const { large } = decoded(bytes, echo.decodeRequest) as { large: number };
    expect(issuesInJson({ ...aSpecimen, large })?.[0]).toMatchObject({ path: '/large', code: 'too_big' });
  });

  it('keeps map keys that are names in JavaScript', () => {
    const counts = JSON.parse('{"__proto__": 1, "constructor": 2, "hasOwnProperty": 3}');
    const again = decoded(echo.encodeRequest({ ...aSpecimen, counts }), echo.decodeRequest) as typeof aSpecimen;
    expect(Object.entries(again.counts)).toEqual(Object.entries(counts));
  });

  it.each([
    ['a length beyond the end', [0x32, 0x32]],
    ['a wire type that there is not', [0x0f]],
    ['a text that is not UTF-8', [0x32, 0x02, 0xc3, 0x28]],
    ['JSON', [...Buffer.from('{"page":1}')]],
  ])('is malformed with %s', (_, bytes) => {
    expect(() => decoded(Buffer.from(bytes))).toThrow(MalformedRequest);
  });

  it('is decoded the same with unknown fields and groups, and if it has no fields itself', () => {
    const waits = codecOf(WaitForSpecimen);
    const discard = codecOf(DiscardSpecimen);
    fc.assert(
      fc.property(unknownFields, (unknown) => {
        const extended = Buffer.concat([echo.encodeRequest(aSpecimen), unknown]);
        expect(decoded(extended, echo.decodeRequest)).toEqual(aSpecimen);
        expect(decoded(unknown, waits.decodeRequest)).toEqual({});
        expect(discard.decodeResponse(unknown)).toBeUndefined();
      }),
      { examples: [[Buffer.from('fb07fc07', 'hex')]] },
    );
  });

  it('survives any bytes: decoded or malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(decoded(bytes, echo.decodeRequest)).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRequest);
        }
      }),
    );
  });
});

describe('an input that the wire cannot carry', () => {
  it.each<[string, unknown]>([
    ['text that is a number', { label: 5 }],
    ['a lone surrogate', { label: '\ud800' }],
    ['an integer with a fraction', { small: 1.5 }],
    ['an integer of more than 32 bits', { small: 2 ** 31 }],
    ['an integer of more than 64 bits', { large: 1e300 }],
    ['a flag that is text', { flag: 'true' }],
    ['a number that is text', { ratio: '1' }],
    ['an enum value that there is not', { colour: 'PURPLE' }],
    ['a date without a time', { happenedAt: '2026-01-01' }],
    ['a month that there is not', { happenedAt: '2026-13-01T00:00:00Z' }],
    ['a list that is none', { tags: 'a' }],
    ['a hole in a list', { tags: [undefined] }],
    ['a map that is a list', { counts: ['a'] }],
    ['a view that is text', { origin: 'here' }],
    ['two alternatives', { target: { name: 'a', amount: 1 } }],
  ])('is refused before it is sent, with the issues of its schema: %s', (_, change) => {
    const input = { ...aSpecimen, ...(change as object) };
    const issues = issuesInJson(input);
    expect(issues).toHaveLength(1);
    expect(() => echo.encodeRequest(input)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', issues }));
  });

  it('is sent where only the schema objects', () => {
    const input = { ...aSpecimen, large: 2 ** 60, label: 'x'.repeat(201), target: {}, counts: { '': 1 } };
    expect(decoded(echo.encodeRequest(input), echo.decodeRequest)).toEqual(input);
  });

  it('says so when it is no object at all', () => {
    expect(() => filter.encodeRequest('x')).toThrow(InvalidArgument);
  });
});

describe('a response in protobuf', () => {
  it('is decoded to what was encoded', () => {
    expect(echo.decodeResponse(echo.encodeResponse(aSpecimen))).toEqual(aSpecimen);
  });

  it('has its zeros without sending them', () => {
    const bytes = filter.encodeResponse({ page: 0, colours: [] });
    expect([...bytes]).toEqual([0x0a, 0x00]);
    expect(filter.decodeResponse(bytes)).toEqual({ page: 0, colours: [] });
  });

  it('lets only declared fields leave', () => {
    const page = { items: [], pageMeta: { page: 1, limit: 2, totalItems: 3, totalPages: 4 } };
    const list = codecOf(ListSpecimens);
    expect(list.decodeResponse(list.encodeResponse({ ...page, hash: 'secret' }))).toEqual(page);
    expect(list.encodeResponse({ ...page, hash: 'secret' }).toString('latin1')).not.toContain('secret');
  });
});

describe('codecs of .proto files that are not those of the contracts', () => {
  const compile = (change: (text: string) => string) => () => {
    const protos = new Map([...specimenProtos].map(([path, text]) => [path, change(text)]));
    return compileCodecs(specimens.operations, new ProtoSchema(protos));
  };

  it.each([
    [
      'a method is missing',
      /^ {2}rpc ListSpecimens.*\n/m,
      '',
      'specimens.listSpecimens: /specimens.v1.SpecimensService/ListSpecimens',
    ],
    [
      'a field is missing',
      /^ {2}optional string q = 6;\n/m,
      '',
      'specimens.filterSpecimens: specimens.v1.FilterSpecimensRequest.q',
    ],
    [
      'a field has another type',
      'optional double x = 1',
      'optional string x = 1',
      'specimens.echoSpecimen: specimens.v1.Point.x',
    ],
    [
      'a list is none',
      'repeated string tags',
      'optional string tags',
      'specimens.echoSpecimen: specimens.v1.EchoSpecimenRequest.tags',
    ],
    [
      'a map is a list',
      'map<string, int32> counts',
      'repeated int32 counts',
      'specimens.v1.EchoSpecimenRequest.counts',
    ],
    ['an enum lacks a value', /^ {2}COLOUR_BLUE = 3;\n/m, '', 'specimens.filterSpecimens: specimens.v1.Filter.colours'],
  ])('are not made, and every operation at fault is named: %s', (_, found, replacement, named) => {
    const make = compile((text) => text.replace(found, replacement));
    expect(make).toThrow(/run npm run contract/);
    expect(make).toThrow(named);
  });
});
