import { type GraphqlOptions, graphqlModule } from '../../../src/protocols/graphql/graphql.module.js';
import {
  registerWebSocketServer,
  type WebSocketServerOptions,
} from '../../../src/protocols/websocket/websocket-server.js';
import {
  createSpecimenApplication,
  type SpecimenApplication,
  type SpecimenOptions,
} from '../../support/specimen-application.js';

interface WireError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly details?: unknown; readonly trace_id: string };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly WireError[];
  readonly codes: readonly string[];
}

export interface SpecimenGraphql extends SpecimenApplication {
  readonly url: string;
  send(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
  /** A body as it is. */
  post(body: string, headers?: Record<string, string>): Promise<Response>;
}

export const echoed = {
  label: 'a label',
  small: -3,
  large: Number.MAX_SAFE_INTEGER,
  ratio: 0.5,
  flag: false,
  colour: 'DARK_GREEN',
  reference: '01890000-0000-7000-8000-000000000001',
  happenedAt: '2026-01-31T12:00:00.000Z',
  price: { amount: 1999, currency: 'EUR' },
  target: { amount: 7 },
};

interface SpecimenGraphqlOptions extends Partial<GraphqlOptions> {
  readonly webSocket?: WebSocketServerOptions;
}

export async function createSpecimenGraphql(
  { webSocket = { payloadBytes: 65_536, origins: [] }, ...graphql }: SpecimenGraphqlOptions = {},
  options: SpecimenOptions = {},
): Promise<SpecimenGraphql> {
  const module = graphqlModule({ introspection: true, graphiql: true, ...graphql });
  const application = await createSpecimenApplication({
    ...options,
    imports: [module],
    configure: async (app) => {
      registerWebSocketServer(app.getHttpAdapter().getInstance(), webSocket);
      await options.configure?.(app);
    },
  });
  await application.app.listen(0, '127.0.0.1');
  const url = `${await application.app.getUrl()}/graphql`;
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const send = async (query: string, variables?: object, headers?: Record<string, string>) =>
    readAnswer(await post(JSON.stringify({ query, variables }), headers));
  return { ...application, url, post, send };
}

export async function readAnswer(response: Response): Promise<Answer> {
  const { data, errors = [] } = (await response.json()) as { data?: Answer['data']; errors?: WireError[] };
  const codes = errors.map((error) => error.extensions.code);
  return { status: response.status, headers: response.headers, data, errors, codes };
}
