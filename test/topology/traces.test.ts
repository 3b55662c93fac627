import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../src/client/create-client.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { type SplitTarget, startSplit } from '../support/split.js';

const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;

interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  readonly references: readonly { readonly spanID: string }[];
}

interface JaegerTrace {
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** The traces that Jaeger shows for an operation of the gateway. */
async function tracesOf(operation: string): Promise<readonly JaegerTrace[]> {
  const url = new URL('/api/traces', endpoint);
  url.port = '16686';
  url.search = new URLSearchParams({ service: 'api-gateway', operation, limit: '20', lookback: '1h' }).toString();
  const answer = await fetch(url);
  return ((await answer.json()) as { data: readonly JaegerTrace[] }).data;
}

/** From the edge down, `service: operation`, as long as every span has one child. */
function path({ spans, processes }: JaegerTrace, from: string | undefined = undefined): string[] {
  const below = spans.filter(({ references }) => references[0]?.spanID === from);
  const [span] = below;
  if (below.length !== 1 || !span) return [];
  return [
    `${processes[span.processID]?.serviceName}: ${span.operationName}`,
    ...path({ spans, processes }, span.spanID),
  ];
}

const edges: Record<Protocol, string> = {
  rest: 'GET /users/me',
  graphql: 'query me',
  grpc: 'users.v1.UsersService/GetMe',
  websocket: 'users.getMe',
  mqtt: 'process rpc/users/get-me',
};

describe.skipIf(!endpoint)('Jaeger (OTEL_EXPORTER_OTLP_ENDPOINT)', () => {
  let target: SplitTarget;
  let token: string;

  const client = (protocol: Protocol, bearer?: string) => {
    const { http, grpc = '', mqtt = '' } = target.addresses;
    const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    return createClient({ protocol, url, token: bearer });
  };

  beforeAll(async () => {
    target = await startSplit({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint ?? '' });
    ({ token } = await client('rest').execute(new Login(target.administrator)));
  });

  afterAll(() => target?.stop());

  test.each(protocols)('shows a request over %s through gateway, service and database', async (protocol) => {
    const caller = client(protocol, token);
    await caller.execute(new GetMe());
    await caller.close();
    const whole = [
      `api-gateway: ${edges[protocol]}`,
      'api-gateway: users.v1.UsersService/GetMe',
      'user-service: users.v1.UsersService/GetMe',
      'user-service: handle users.getMe',
      'user-service: select',
    ];
    await vi.waitFor(
      async () => expect((await tracesOf(edges[protocol])).map((trace) => path(trace))).toContainEqual(whole),
      { timeout: 15_000, interval: 200 },
    );
  });
});
