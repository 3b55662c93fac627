import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../../src/apps/services.js';
import { MovingHttpClient } from '../faults/gateway-callers.js';
import { SteadyLoad, type Step, WrongAnswer } from '../faults/steady-load.js';
import { Containers, canRunImage, httpUrl, register, type Variables } from './support/image-containers.js';

const withTime = { timeout: 120_000 };
const callers = 10;
const owners = Object.entries(services).filter(([, { servesAll }]) => !servesAll);

const addressVariable = (service: string) => `${service.toUpperCase().replaceAll('-', '_')}_ADDRESS`;

/** Reads and writes over REST and GraphQL. */
function stepsOf(client: MovingHttpClient): readonly Step[] {
  const step = (name: string, method: string, path: string, body?: object): Step => ({
    name,
    async run() {
      const answer = await client.send(method, path, body);
      if (answer.status !== 200) throw new WrongAnswer(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
  });
  return [
    step('GET /users/me', 'GET', '/users/me'),
    step('query { me }', 'POST', '/graphql', { query: '{ me { id name } }' }),
  ];
}

describe.skipIf(!canRunImage)('containers of the image', withTime, () => {
  let containers: Containers;

  beforeAll(() => {
    containers = new Containers();
  });

  afterAll(() => containers?.close());

  test('finish the running calls at SIGTERM and end with 0', async () => {
    const DATABASE_URL = await containers.migratedDatabase();
    // as long as clients need to see that it goes
    const shared = { DATABASE_URL, SHUTDOWN_DELAY_MS: '1000' };
    const variables = [await containers.variables(shared), await containers.variables(shared)];
    const [first] = await Promise.all(variables.map((each) => containers.ready(each)));
    const token = await register(variables[0] as Variables);
    const clients = Array.from({ length: callers }, () => new MovingHttpClient(variables.map(httpUrl), token));
    const load = new SteadyLoad({ callers, deadlineMs: 10_000, pauseMs: 0 }, (caller) =>
      stepsOf(clients[caller] as MovingHttpClient),
    );

    await load.answered(20 * callers);
    expect(await first?.end('SIGTERM')).toBe(0);
    await load.answered(20 * callers);
    const tally = await load.stop();

    for (const client of clients) client.close();
    process.stdout.write(`image: SIGTERM under load: ${tally}\n`);
    expect([...tally.faults, ...tally.details]).toEqual([]);
  });

  test('serve as gateway and services, each from the same image', async () => {
    const parts = await Promise.all(
      owners.map(async ([SERVICE_NAME]) => {
        const DATABASE_URL = await containers.migratedDatabase();
        return containers.variables({ SERVICE_NAME, DATABASE_URL });
      }),
    );
    const addresses = Object.fromEntries(
      parts.map(({ SERVICE_NAME = '', GRPC_PORT }) => [addressVariable(SERVICE_NAME), `127.0.0.1:${GRPC_PORT}`]),
    );
    const gateway = await containers.variables({ SERVICE_NAME: 'api-gateway' });
    await Promise.all([...parts, gateway].map((each) => containers.ready({ ...each, ...addresses })));

    const token = await register(gateway);
    const answer = await fetch(`${httpUrl(gateway)}/users/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ name: 'Ada' });
    for (const each of [...parts, gateway]) {
      expect(containers.image.health({ ...each, ...addresses }, ['ready'])).toMatchObject({ status: 0 });
    }
  });
});
