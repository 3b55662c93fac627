import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

describe('the page of GraphiQL', () => {
  let app: SpecimenGraphql;
  let page: URL;

  beforeAll(async () => {
    app = await createSpecimenGraphql();
    page = new URL('/graphiql', app.url);
  });

  afterAll(() => app.close());

  const open = async () => {
    const response = await fetch(page);
    return { headers: response.headers, html: await response.text() };
  };

  it('refers to nothing but files of this process, and all of them are there', async () => {
    const { headers, html } = await open();
    expect(headers.get('content-type')).toContain('text/html');
    expect(html).not.toMatch(/https?:/);
    const references = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => new URL(path, page));
    const files = references.filter(({ href }) => href !== 'data:,');
    expect([references.length, files.length]).toEqual([6, 5]);
    for (const reference of files) {
      const asset = await fetch(reference);
      expect([reference.origin, asset.status]).toEqual([page.origin, 200]);
      expect(asset.headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/);
      expect((await asset.text()).length).toBeGreaterThan(100);
    }
  });

  it('lets the browser run scripts of this process only, and none inside of it', async () => {
    const { headers, html } = await open();
    const directives = headers.get('content-security-policy')?.split('; ') ?? [];
    expect(directives).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'"]));
    expect(html).not.toMatch(/<script(?! src=)|\son\w+=/);
  });

  it.each(['package.json', '..%2fpackage.json', 'toString', '__proto__'])('gives no other file: %s', async (file) => {
    const response = await fetch(`${page}/${file}`);
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });
});
