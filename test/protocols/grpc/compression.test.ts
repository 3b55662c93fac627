import { deflateSync, gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { aSpecimen } from '../../fixtures/specimens/a-specimen.js';
import { EchoSpecimen, FilterSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import { failureIn, frame, type RawAnswer, rawCall } from './raw-call.js';
import { codecOf, SpecimenGrpc } from './specimen-grpc.js';

const compress = { gzip: gzipSync, deflate: deflateSync };
const encodings = Object.keys(compress) as (keyof typeof compress)[];
const mebibyte = 1_048_576;

let grpc: SpecimenGrpc;
beforeAll(async () => {
  grpc = await SpecimenGrpc.start();
});
afterAll(() => grpc.stop());

const echo = codecOf(EchoSpecimen);
const statusIn = ({ headers }: RawAnswer) => Number(headers['grpc-status']);

function send(body: Buffer, encoding: string, message: typeof EchoSpecimen | typeof FilterSpecimens = EchoSpecimen) {
  const { path } = descriptorOf(message).wire.grpc;
  return rawCall({ address: grpc.address, path, body, headers: [['grpc-encoding', encoding]] });
}

describe.each(encodings)('a request compressed with %s', (encoding) => {
  const packed = (bytes: Buffer) => frame(compress[encoding](bytes), 1);

  it('is answered', async () => {
    const { headers, bytes } = await send(packed(echo.encodeRequest(aSpecimen)), encoding);
    expect(headers['grpc-status']).toBe('0');
    expect(echo.decodeResponse(bytes.subarray(5))).toEqual(aSpecimen);
  });

  it('is answered when its message is empty', async () => {
    expect(statusIn(await send(packed(Buffer.alloc(0)), encoding, FilterSpecimens))).toBe(status.OK);
  });

  it('is answered when this message is not compressed', async () => {
    expect(statusIn(await send(frame(echo.encodeRequest(aSpecimen)), encoding))).toBe(status.OK);
  });

  it('is malformed when there are two messages', async () => {
    const message = packed(echo.encodeRequest(aSpecimen));
    expect(failureIn(await send(Buffer.concat([message, message]), encoding))?.code).toBe('MALFORMED_REQUEST');
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -6)],
    ['empty', () => Buffer.alloc(0)],
    ['of another kind', () => Buffer.from('no such thing')],
  ])('is malformed when the message is %s', async (_, broken) => {
    const message = broken(compress[encoding](echo.encodeRequest(aSpecimen)));
    expect(failureIn(await send(frame(message, 1), encoding))?.code).toBe('MALFORMED_REQUEST');
  });

  it('is too large when it grows beyond the limit, to whatever size', async () => {
    const chunk = compress[encoding](Buffer.alloc(64 * mebibyte));
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(frame(chunk, 1), encoding)));
    for (const answer of answers) {
      expect([statusIn(answer), failureIn(answer)?.code]).toEqual([status.RESOURCE_EXHAUSTED, 'PAYLOAD_TOO_LARGE']);
    }
  });
});

describe('a compression that there is not', () => {
  it('is unimplemented, and the answer names those that there are', async () => {
    const answer = await send(frame(echo.encodeRequest(aSpecimen), 1), 'br');
    expect(answer.headers).toMatchObject({
      'grpc-status': `${status.UNIMPLEMENTED}`,
      'grpc-accept-encoding': 'identity,deflate,gzip',
    });
    expect(failureIn(answer)?.code).toBe('UNIMPLEMENTED');
  });

  it('is of no account for a message that is not compressed', async () => {
    expect(statusIn(await send(frame(echo.encodeRequest(aSpecimen)), 'br'))).toBe(status.OK);
  });

  it('may be called identity', async () => {
    expect(statusIn(await send(frame(echo.encodeRequest(aSpecimen)), 'identity'))).toBe(status.OK);
  });
});
