import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectConsul } from '../../../src/platform/consul/consul-connection.js';
import { ConsulWatch } from '../../../src/platform/consul/consul-watch.js';
import { Lines } from '../../remote/discovery/lines.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const answer =
  (body: unknown, headers: Record<string, string>, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

const plain = (response: ServerResponse, text: string) =>
  response.writeHead(200, { 'content-type': 'application/json', 'x-consul-index': '8' }).end(text);

const never: Answer = () => undefined;

/** What a proxy in front of Consul, or a Consul that lost its data, may say. */
describe('a watch of a Consul query', () => {
  let server: Server;
  let watch: ConsulWatch;
  let indexes: (string | null)[];
  let script: Answer[];
  const lines = new Lines();

  beforeEach(async () => {
    indexes = [];
    server = createServer((request, response) => {
      indexes.push(new URL(request.url ?? '', 'http://consul').searchParams.get('index'));
      (script.shift() ?? never)(response, request);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    await watch.close();
    server.closeAllConnections();
    server.close();
  });

  /** Resolves with the reported answers when there are `count`. */
  function reported(count: number, ...answers: readonly Answer[]): Promise<unknown[]> {
    script = [...answers];
    const all: unknown[] = [];
    const enough = Promise.withResolvers<unknown[]>();
    const consul = connectConsul({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    watch = new ConsulWatch(
      'test',
      (options) => consul.health.service({ ...options, service: 'users' }),
      (body) => {
        if (body === 'refused') throw new Error('not what was expected');
        all.push(body);
        if (all.length === count) enough.resolve(all);
      },
      lines,
      { waitSeconds: 1, backoff: { baseMs: 1, maxMs: 2 } },
    );
    return enough.promise;
  }

  const at = (index: number) => ({ 'x-consul-index': String(index) });

  test('sends the index of the last answer, and reports what comes', async () => {
    expect(await reported(2, answer(['a'], at(7)), answer(['b'], at(9)))).toEqual([['a'], ['b']]);
    expect(indexes.slice(0, 2)).toEqual(['0', '7']);
  });

  test('reports another answer under the same index', async () => {
    expect(await reported(2, answer(['a'], at(7)), answer([], at(7)))).toEqual([['a'], []]);
  });

  test('begins again when the index went back', async () => {
    expect(await reported(3, answer(['a'], at(900)), answer(['b'], at(3)), answer(['c'], at(4)))).toEqual([
      ['a'],
      ['b'],
      ['c'],
    ]);
    expect(indexes.slice(0, 3)).toEqual(['0', '900', '0']);
  });

  test.each([
    ['a 400', answer({}, at(8), 400)],
    ['a 500', answer('no cluster leader', at(8), 500)],
    ['an answer without an index', answer(['proxy'], {})],
    ['an answer that is no JSON', ((response) => plain(response, 'oops')) satisfies Answer],
    ['an answer that its reader refuses', answer('refused', at(8))],
    ['a connection that is cut', ((response) => response.destroy()) satisfies Answer],
  ])('goes on after %s', async (_, bad) => {
    const all = await reported(2, answer(['a'], at(7)), bad, answer(['b'], at(9)));
    expect(all.at(-1)).toEqual(['b']);
  });

  test('says once that Consul is away and once that it is back', async () => {
    const bad = answer({}, {}, 500);
    const back = lines.next(/Consul answers again/);
    lines.all.length = 0;
    await reported(1, bad, bad, bad, answer(['a'], at(7)));
    await back;
    expect(lines.all).toEqual([expect.stringMatching(/no answer from Consul/), 'test: Consul answers again']);
  });

  test('gives up a query that hangs', async () => {
    expect(await reported(2, answer(['a'], at(7)), never, answer(['b'], at(9)))).toEqual([['a'], ['b']]);
  });

  test('ends while a query is held back', async () => {
    await reported(1, answer(['a'], at(7)));
    await watch.close();
  });
});
