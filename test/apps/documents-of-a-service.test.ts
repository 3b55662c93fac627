import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { inHouse, lendPackages, plant } from '../house/planted-tree.js';
import { startApplication } from '../support/application.js';
import { startProcess } from '../support/process.js';
import type { RunningTarget } from '../support/target.js';

let target: RunningTarget;

beforeAll(async () => {
  target = await startApplication({
    SERVICE_NAME: 'user-service',
    PROTOCOLS: 'grpc,rest,mqtt',
    MQTT_TOPIC_PREFIX: 'acme',
  });
});
afterAll(() => target?.stop());

const document = async (path: string) => (await fetch(`${target.addresses.http}${path}`)).json();

test('the OpenAPI document of a service has the operations of its own modules', async () => {
  const { paths, tags } = (await document('/openapi.json')) as { paths: object; tags: { name: string }[] };
  expect(tags.map(({ name }) => name)).toEqual(['users']);
  expect(paths).toHaveProperty(['/users/{id}']);
  expect(Object.keys(paths).filter((path) => path.startsWith('/auth'))).toEqual([]);
});

test('the AsyncAPI document of a service has its own methods, under its own topics', async () => {
  const { channels } = (await document('/asyncapi.json')) as {
    channels: Record<string, { address: string | null; messages: object }>;
  };
  expect(channels.mqttGetUser?.address).toBe('acme/rpc/users/get-user');
  expect(channels.websocket?.messages).toHaveProperty('getUserRequest');
  expect(channels.websocket?.messages).not.toHaveProperty('loginRequest');
  expect(channels).not.toHaveProperty('mqttLogin');
});

test.each([
  ['openapi.json', '"operationId": "getMe"', 'getMe'],
  ['asyncapi.json', '"mqtt3GetMe": {', 'mqtt3GetMe'],
])('a process does not start when %s lacks an operation, and says how to write it', async (name, entry, lacking) => {
  const root = plant({ 'package.json': '{ "type": "module" }' });
  lendPackages(root);
  for (const folder of ['dist', 'proto']) cpSync(inHouse(folder), join(root, folder), { recursive: true });
  const file = join(root, 'dist/schemas', name);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(entry);
  writeFileSync(file, text.replace(entry, entry.replace('etMe', 'etNothing')));

  const started = startProcess({ SERVICE_NAME: 'api-gateway' }, join(root, 'dist/bundle/main.js'));
  onTestFinished(() => void started.end('SIGKILL'));
  expect(await started.exited()).toBe(1);
  expect(started.output.join('\n')).toContain(`src/schemas/${name} lacks ${lacking}: run \`npm run contract\``);
});
