import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Register } from '../../src/modules/auth/contract/index.js';
import { startApplication } from '../support/application.js';
import { createClient } from '../support/create-client.js';
import type { RunningTarget } from '../support/target.js';

const { CHROMIUM } = process.env;

const credentials = { email: 'ada@example.com', password: 'correct horse battery' };

describe.skipIf(CHROMIUM === undefined)('in Chromium', { timeout: 120_000 }, () => {
  let target: RunningTarget;
  let browser: Browser;
  let page: Page;
  let token: string;
  /** Of everything that the page asks for. */
  let hosts: Set<string>;
  let errors: string[];

  beforeAll(async () => {
    target = await startApplication();
    const client = createClient({ protocol: 'rest', url: target.addresses.http });
    ({ token } = await client.execute(new Register(credentials)));
    await client.close();
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '' });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await target?.stop();
  });

  beforeEach(async () => {
    [hosts, errors] = [new Set(), []];
    page = await browser.newPage();
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.protocol !== 'blob:') hosts.add(url.origin);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
  });

  afterEach(async () => {
    await page.close();
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual([target.addresses.http]);
  });

  test('GraphiQL runs a query with the token of its headers', async () => {
    await page.goto(`${target.addresses.http}/graphiql`);
    const write = async (editor: string, text: string) => {
      await page.locator(`${editor} .CodeMirror`).click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(text);
    };
    await write('.graphiql-query-editor', '{ me { email } }');
    await write(
      '[aria-label="Headers"] .graphiql-editor:not(.hidden)',
      JSON.stringify({ authorization: `Bearer ${token}` }),
    );
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window', { hasText: credentials.email }).waitFor();
  });

  test('the documentation page of REST signs in and runs an operation with the token', async () => {
    await page.goto(`${target.addresses.http}/docs`);
    const login = page.locator('#operations-auth-login');
    await login.locator('.opblock-summary').click();
    await login.locator('textarea.body-param__text').fill(JSON.stringify(credentials));
    await login.locator('button.execute').click();
    await login.locator('.live-responses-table', { hasText: 'refresh_token' }).waitFor();
    await page.locator('button.authorize').first().click();
    await page.locator('.auth-container input').fill(token);
    await page.locator('.auth-container button.authorize').click();
    await page.locator('.btn-done').click();
    const me = page.locator('#operations-users-getMe');
    await me.locator('.opblock-summary').click();
    await me.locator('button.execute').click();
    await me.locator('.live-responses-table', { hasText: credentials.email }).waitFor();
  });
});
