import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inHouse } from '../house/planted-tree.js';
import { startApplication } from '../support/application.js';
import { freePort } from '../support/free-port.js';
import { type LoneGateway, startLoneGateway } from '../support/lone-gateway.js';
import type { RunningTarget } from '../support/target.js';

/** As the pod of `helm test` does. */
async function runHook(...args: readonly string[]) {
  const script = readFileSync(inHouse('deploy/helm/files/test.mjs'), 'utf8');
  const node = ['--input-type=module', '--eval', script, '--', '--attempts=1', ...args];
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { code, lines: output.trim().split('\n') };
}

let product: RunningTarget;
let gateway: LoneGateway;
beforeAll(async () => {
  [product, gateway] = await Promise.all([startApplication(), startLoneGateway()]);
});
afterAll(() => Promise.all([product?.stop(), gateway?.application.stop()]));

test('helm test passes when every process is ready and calls reach their owner', async () => {
  const { http } = product.addresses;
  expect(await runHook(`--public=${http}`, http)).toEqual({
    code: 0,
    lines: [`ok: ${http} is ready`, `ok: ${http} reaches the owner of an operation`],
  });
});

test('helm test fails when the gateway is ready and cannot reach its services', async () => {
  const { http } = gateway.addresses;
  const { code, lines } = await runHook(`--public=${http}`, http);
  expect(code).toBe(1);
  expect(lines).toContain(`ok: ${http} is ready`);
  expect(lines.at(-1)).toBe(`FAILED: ${http} reaches the owner of an operation`);
});

test('helm test fails when nothing listens where a process should', async () => {
  const nothing = `http://127.0.0.1:${await freePort()}`;
  const { code, lines } = await runHook(nothing);
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(`FAILED: ${nothing} is ready`);
});
