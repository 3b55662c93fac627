import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { constants, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { framed } from '../../../src/protocols/grpc/message-frame.js';
import { plainText } from '../../../src/remote/grpc/channel-security.js';
import { InstanceConnection } from '../../../src/remote/grpc/instance-connection.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { answer, Http2Instance, unary } from './http2-instance.js';

let instance: Http2Instance;

afterEach(async () => {
  vi.useRealTimers();
  await instance.stop();
});

const start = async (...[handle, options]: Parameters<typeof Http2Instance.start>) => {
  instance = await Http2Instance.start(handle, options);
  return instance;
};

const unavailable = (details: string | RegExp) => ({
  code: status.UNAVAILABLE,
  details: expect.stringMatching(details),
});

const nextStream = async (server: Http2Server): Promise<ServerHttp2Stream> => {
  const [stream] = await once(server, 'stream');
  return stream as ServerHttp2Stream;
};

describe('a message', () => {
  test.each([0, 1, 65_530, 1_048_576])(
    'of %i bytes arrives whole, in the request and in the answer',
    async (length) => {
      const { connection } = await start((stream) => {
        const received: Buffer[] = [];
        stream.on('data', (bytes: Buffer) => received.push(bytes));
        stream.on('end', () => answer(stream, Buffer.concat(received).subarray(5)));
      });
      const message = Buffer.alloc(length, 'x');
      const call = unary('/a/b', message);
      connection.send(call);
      expect((await call.answer).equals(message)).toBe(true);
    },
  );

  test('may come in pieces', async () => {
    await start((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      const [first, ...rest] = framed(Buffer.from('pieces'));
      stream.write(Buffer.from([first as number]), () => stream.end(Buffer.from(rest)));
    });
    expect(await instance.call()).toBe('pieces');
  });

  test.each<[string, Buffer]>([
    ['is not there', Buffer.alloc(0)],
    ['is cut off', framed(Buffer.from('whole')).subarray(0, 7)],
    ['is compressed', Buffer.concat([Buffer.from([1]), framed(Buffer.from('a')).subarray(1)])],
    ['comes twice', Buffer.concat([framed(Buffer.from('a')), framed(Buffer.from('b'))])],
  ])('that %s is a failure', async (_, body) => {
    await start((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(body);
    });
    await expect(instance.call()).rejects.toMatchObject({ code: status.INTERNAL });
  });
});

describe('a failure', () => {
  test('has its code, its decoded text and its metadata', async () => {
    await start((stream) => {
      const failed = { 'grpc-status': '5', 'grpc-message': 'kein%20Gerät'.replace('ä', '%C3%A4'), 'x-one': '1' };
      stream.respond({ ':status': 200, ...failed }, { endStream: true });
    });
    const failure = await instance.begin().answer.catch((error) => error);
    expect(failure).toMatchObject({ code: status.NOT_FOUND, details: 'kein Gerät' });
    expect(failure.metadata.get('x-one')).toEqual(['1']);
  });

  test('may come after a message', async () => {
    await start((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '13', 'grpc-message': '100%' }));
      stream.end(framed(Buffer.from('a')));
    });
    await expect(instance.call()).rejects.toMatchObject({ code: status.INTERNAL, details: '100%' });
  });

  test('of a proxy is a status of HTTP', async () => {
    await start((stream) => stream.respond({ ':status': 502 }, { endStream: true }));
    await expect(instance.call()).rejects.toMatchObject(unavailable('HTTP status 502'));
  });

  test('is an answer that ends without a status', async () => {
    await start((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(framed(Buffer.from('a')));
    });
    await expect(instance.call()).rejects.toMatchObject(unavailable('Connection dropped'));
  });
});

describe('a cancelled call', () => {
  test('is reset at the service, and others go on', async () => {
    const { server, connection } = await start((stream, path) => {
      if (path === '/other') answer(stream, 'other');
    });
    const cancelled = instance.begin();
    const stream = await nextStream(server);
    const other = instance.call('/other');
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ code: status.CANCELLED });
    if (!stream.closed) await once(stream, 'close');
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(await other).toBe('other');
    expect(connection.isReachable()).toBe(true);
  });

  test('is never sent when it still waited for the connection', async () => {
    const paths: string[] = [];
    await start((stream, path) => {
      paths.push(path);
      answer(stream, path);
    });
    const cancelled = instance.begin('/cancelled');
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ code: status.CANCELLED });
    await instance.call('/next');
    expect(paths).toEqual(['/next']);
  });
});

describe('a service with a limit of concurrent calls', () => {
  test('gets the next one when one has ended, and none that was cancelled meanwhile', async () => {
    const streams: ServerHttp2Stream[] = [];
    const paths: string[] = [];
    const { server } = await start(
      (stream, path) => {
        streams.push(stream);
        paths.push(path);
      },
      { settings: { maxConcurrentStreams: 1 } },
    );
    const first = instance.call('/first');
    await nextStream(server);
    const second = instance.begin('/second');
    const third = instance.call('/third');
    second.cancel();
    await expect(second.answer).rejects.toMatchObject({ code: status.CANCELLED });
    answer(streams[0] as ServerHttp2Stream, 'one');
    expect(await first).toBe('one');
    if (streams.length < 2) await nextStream(server);
    answer(streams[1] as ServerHttp2Stream, 'three');
    expect(await third).toBe('three');
    expect(paths).toEqual(['/first', '/third']);
  });
});

describe('a service that takes no more calls on a connection (GOAWAY)', () => {
  test('ends the running ones, and gets the next on another connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    const { sessions } = await start((stream, path) => {
      if (path === '/slow') streams.push(stream);
      else answer(stream, path);
    });
    const slow = instance.call('/slow');
    await eventually(() => expect(streams).toHaveLength(1));
    sessions[0]?.close();
    await eventually(async () => {
      expect(await instance.call('/next')).toBe('/next');
      expect(sessions).toHaveLength(2);
    });
    answer(streams[0] as ServerHttp2Stream, 'ended');
    expect(await slow).toBe('ended');
  });

  test('loses no call when it does so all the time', async () => {
    let count = 0;
    await start((stream, path) => {
      answer(stream, path);
      if (++count % 10 === 0) stream.session?.close();
    });
    const outcomes = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const calls = Array.from({ length: 20 }, (_, index) => instance.call(`/${index}`).then(() => 'answered'));
      for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[])
        outcomes.add(reason?.details ?? 'answered');
    }
    outcomes.delete('Stream refused by server');
    expect([...outcomes]).toEqual(['answered']);
  });

  test('refuses those that it has not begun, so that they may run elsewhere', async () => {
    const streams: ServerHttp2Stream[] = [];
    const { sessions } = await start((stream) => streams.push(stream));
    const [begun, late] = [instance.call('/begun'), instance.call('/late')];
    await eventually(() => expect(streams).toHaveLength(2));
    const refused = expect(late).rejects.toMatchObject(unavailable('Stream refused'));
    sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR, streams[0]?.id ?? 0);
    await refused;
    answer(streams[0] as ServerHttp2Stream, 'ended');
    expect(await begun).toBe('ended');
  });
});

describe('a connection without stream ids left', () => {
  test('fails one call as not sent, and the next has another connection', async () => {
    const { sessions } = await start((stream, path) => answer(stream, path));
    const created = channel('http2.client.stream.created');
    const onCreated = (message: unknown) => {
      created.unsubscribe(onCreated);
      const { stream } = message as { stream: { session: { setNextStreamID(id: number): void } } };
      stream.session.setNextStreamID(2 ** 31 - 1);
    };
    created.subscribe(onCreated);
    expect(await instance.call('/first')).toBe('/first');
    const failures: unknown[] = [];
    while (failures.length === 0) await instance.call().catch((error) => failures.push(error));
    expect(failures).toEqual([expect.objectContaining(unavailable(/^Failed to start HTTP\/2 stream/))]);
    expect(await instance.call('/next')).toBe('/next');
    expect(sessions).toHaveLength(2);
  });
});

describe('a connection that is lost', () => {
  test('fails the running calls, and the next one opens another', async () => {
    const { server, sockets } = await start((stream, path) => {
      if (path !== '/slow') answer(stream, path);
    });
    const slow = instance.begin('/slow');
    await nextStream(server);
    sockets[0]?.destroy();
    await expect(slow.answer).rejects.toMatchObject(unavailable('Connection dropped'));
    expect(await instance.call('/next')).toBe('/next');
  });

  test('is noticed by pings that have no answer', async () => {
    const { server } = await start(() => undefined);
    const relay = createServer().listen(0, '127.0.0.1');
    const ends: Socket[] = [];
    relay.on('connection', async (near) => {
      const { connect } = await import('node:net');
      const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
      ends.push(near, far);
      near
        .on('error', () => undefined)
        .pipe(far.on('error', () => undefined))
        .pipe(near);
    });
    await once(relay, 'listening');
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    const address = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
    const connection = new InstanceConnection('users', address, plainText);
    const call = unary();
    connection.send(call);
    const failure = call.answer.catch((error) => error);
    await nextStream(server);
    for (const end of ends) end.unpipe();
    vi.advanceTimersByTime(10_000);
    vi.advanceTimersByTime(3_000);
    expect(await failure).toMatchObject(unavailable('no answer to a ping'));
    connection.close();
    for (const end of ends) end.destroy();
    relay.close();
  });
});

describe('an address that nobody answers at', () => {
  test('fails the calls that wait for it, when it takes connections and says nothing', async () => {
    await start(() => undefined);
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const connection = new InstanceConnection('users', address, plainText);
    const call = unary();
    connection.send(call);
    const failure = call.answer.catch((error) => error);
    const [socket] = (await once(silent, 'connection')) as [Socket];
    vi.advanceTimersByTime(5_000);
    expect(await failure).toMatchObject(unavailable(/^No connection established.*no answer/));
    expect(connection.isReachable()).toBe(false);
    connection.close();
    socket.destroy();
    silent.close();
  });

  test('leaves a closed connection to the garbage collector', async () => {
    await start(() => undefined);
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const address = `127.0.0.1:${await freePort()}`;
    async function connectInVain(): Promise<WeakRef<object>> {
      const connection = new InstanceConnection('users', address, plainText);
      const call = unary();
      connection.send(call);
      await call.answer.catch(() => undefined);
      connection.close();
      return new WeakRef(connection);
    }
    const gone = await connectInVain();
    await eventually(() => {
      collectGarbage();
      // an assertion about the object itself would hold it
      expect(gone.deref() === undefined).toBe(true);
    });
  });
});
