import { describe, expect, it } from 'vitest';
import { auth } from '../../../src/modules/auth/contract/index.js';
import { users } from '../../../src/modules/users/contract/index.js';
import { committedProtos, ProtoSchema, publicProtos } from '../../../src/protocols/grpc/proto-schema.js';
import { compileCodecs } from '../../../src/protocols/grpc/protobuf-codec.js';

describe('the committed .proto files', () => {
  it('have every operation of the product', () => {
    const operations = [users, auth].flatMap((module) => module.operations);
    expect(compileCodecs(operations, new ProtoSchema(committedProtos())).size).toBe(operations.length);
  });

  it('are shown without those that only services may know', () => {
    const shown = [...publicProtos(committedProtos()).keys()];
    expect(shown).toContain('proto/users/v1/users.proto');
    expect(shown.filter((path) => path.includes('internal'))).toEqual([]);
  });
});
