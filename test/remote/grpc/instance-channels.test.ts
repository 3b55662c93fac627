import { Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { plainText } from '../../../src/remote/grpc/channel-security.js';
import { InstanceChannels } from '../../../src/remote/grpc/instance-channels.js';
import { freePort } from '../../support/free-port.js';
import { unary } from './http2-instance.js';

const channels = new InstanceChannels('users', plainText);
const server = new Server();

afterEach(() => {
  channels.keep([]);
  server.forceShutdown();
});

describe('an instance that could not be connected to', () => {
  test('is, by the next call after it is back', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const instance = { id: address, address };
    const ask = (): Promise<status> => {
      const stream = unary('/users.Any/Thing');
      channels.of(instance).send(stream);
      return stream.answer.then(
        () => status.OK,
        (error: ServiceError) => error.code,
      );
    };
    // so long that the pauses between two attempts have grown
    for (const until = Date.now() + 1_500; Date.now() < until; ) expect(await ask()).toBe(status.UNAVAILABLE);
    await new Promise((resolve) => server.bindAsync(address, ServerCredentials.createInsecure(), resolve));
    expect(await ask()).toBe(status.UNIMPLEMENTED);
  });
});
