import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from '../../scripts/contract/openapi/openapi.js';
import { users } from '../../src/modules/users/contract/index.js';
import { registerDocs, serveDocument } from '../../src/protocols/rest/docs-page.js';

describe('the documentation page', () => {
  const server = fastify();
  let origin: string;
  let made = 0;

  const document = () => {
    made++;
    return openApi(users.operations, { title: 'Users', version: '1' });
  };

  beforeAll(async () => {
    await registerDocs(server, { openApi: document });
    serveDocument(server, '/asyncapi.json', () => ({ asyncapi: '3.0.0' }));
    origin = await server.listen({ port: 0 });
  });
  afterAll(() => server.close());

  const page = async () => (await fetch(`${origin}/docs`)).text();
  const assets = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');

  it('makes the document at the first request, once', async () => {
    expect(made).toBe(0);
    const answers = await Promise.all(['/openapi.json', '/openapi.json'].map((path) => fetch(origin + path)));
    expect(answers[0]?.headers.get('content-type')).toContain('application/json');
    expect(await answers[0]?.json()).toMatchObject({ openapi: '3.1.1', paths: { '/users/{id}': {} } });
    expect(made).toBe(1);
  });

  it('serves other documents the same way', async () => {
    expect(await (await fetch(`${origin}/asyncapi.json`)).json()).toEqual({ asyncapi: '3.0.0' });
  });

  it('brings every file of its own, with and without a trailing slash', async () => {
    const found = assets(await page());
    expect(found.length).toBeGreaterThan(5);
    for (const path of [...found, '/docs/']) {
      const { status } = await fetch(new URL(path, `${origin}/docs`));
      expect([path, status]).toEqual([path, 200]);
    }
  });

  it('shows the document of this process', async () => {
    const initializer = assets(await page()).find((path) => path.endsWith('swagger-initializer.js')) ?? '';
    expect(await (await fetch(new URL(initializer, origin))).text()).toContain("resolveUrl('./json')");
    expect(await (await fetch(`${origin}/docs/json`)).json()).toMatchObject({ info: { title: 'Users' } });
    expect(made).toBe(1);
  });

  it('loads nothing from other hosts', async () => {
    const answer = await fetch(`${origin}/docs`);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:/);
    const found = assets(await answer.text());
    expect(found.filter((path) => !path.startsWith('/docs/'))).toEqual([]);
    const styles = found.filter((path) => path.endsWith('.css'));
    for (const path of styles) {
      expect(await (await fetch(new URL(path, origin))).text()).not.toMatch(/(@import|url\(["']?(https?:)?\/\/)/);
    }
  });
});
