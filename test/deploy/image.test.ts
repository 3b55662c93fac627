import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/create-client.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { Containers, canRunImage, httpUrl, register, type Variables } from './support/image-containers.js';

const withTime = { timeout: 120_000 };
/** That of the image, one as OpenShift gives them, and `nobody`. */
const users = ['1000:1000', '1000820000:0', '65534:65534'];

/** Over the protocols of one process; MQTT needs no port of its own. */
async function expectAnswers(variables: Variables, token: string): Promise<void> {
  const clients = [
    createClient({ protocol: 'graphql', url: httpUrl(variables), token }),
    createClient({ protocol: 'websocket', url: httpUrl(variables), token }),
    createClient({ protocol: 'grpc', url: `127.0.0.1:${variables.GRPC_PORT}`, token }),
    createClient({
      protocol: 'mqtt',
      url: process.env.MQTT_URL ?? '',
      mqttTopicPrefix: variables.MQTT_TOPIC_PREFIX,
      token,
    }),
  ];
  const answers = await Promise.all(clients.map((client) => client.execute(new GetMe())));
  expect(answers.map(({ name }) => name)).toEqual(clients.map(() => 'Ada'));
  await Promise.all(clients.map((client) => client.close()));
}

async function expectPages(variables: Variables): Promise<void> {
  const pages = ['/docs', '/docs/static/index.css', '/openapi.json', '/asyncapi.json', '/metrics', '/health/ready'];
  const answers = await Promise.all(pages.map((page) => fetch(`${httpUrl(variables)}${page}`)));
  expect(answers.map(({ url, status }) => [new URL(url).pathname, status])).toEqual(pages.map((page) => [page, 200]));
}

describe.skipIf(!canRunImage)('the image on a read-only root', withTime, () => {
  let containers: Containers;

  beforeAll(() => {
    containers = new Containers();
  });

  afterAll(() => containers?.close());

  test.for(users)('migrates, serves and ends as user %s', async (user) => {
    const variables = await containers.variables({ DATABASE_URL: await containers.migratedDatabase(user) });
    const container = await containers.ready(variables, { user });
    expect(container.status('Uid').split('\t')).toEqual(Array(4).fill(user.split(':')[0]));
    expect(container.status('NSpid').split('\t').at(-1)).toBe('1');

    await expectAnswers(variables, await register(variables));
    await expectPages(variables);
    expect(containers.image.health(variables)).toEqual({ status: 0, output: '/health/live answered 200\n' });
    expect(containers.image.health(variables, ['ready'])).toEqual({
      status: 0,
      output: '/health/ready answered 200\n',
    });

    expect(await container.end('SIGTERM')).toBe(0);
    expect(containers.image.health(variables).status).toBe(1);
  });

  test('names all missing variables in one message', async () => {
    const { started } = containers.run({});
    expect(await started.exited()).toBe(1);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'MQTT_URL', 'JWT_SECRET']) {
      expect(started.output.filter((line) => line.includes(`${name}: is missing`))).toHaveLength(1);
    }
  });

  test('writes demo data, but not in production', async () => {
    const variables = await containers.variables({ DATABASE_URL: await containers.migratedDatabase() });
    await expect(containers.succeed(variables, { command: ['seed'] })).rejects.toThrow('there are none in production');
    const output = await containers.succeed({ ...variables, NODE_ENV: 'development' }, { command: ['seed'] });
    expect(output).toContain('ada@example.com');
  });
});
