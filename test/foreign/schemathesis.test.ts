import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBuiltApplication } from '../support/application.js';
import type { RunningTarget } from '../support/target.js';
import { isArgued } from './argued-findings.js';
import { runSchemathesis } from './schemathesis.js';

const { FOREIGN_PYTHON: python = '' } = process.env;
const examples = Number(process.env.SCHEMATHESIS_EXAMPLES ?? 40);
const seed = 20_261_130;

describe.skipIf(python === '')('schemathesis', () => {
  let target: RunningTarget;
  let folder: string;

  beforeAll(async () => {
    target = await startBuiltApplication({ RATE_LIMITS: 'login=100000/15m,login-address=100000/15m' });
    folder = mkdtempSync(join(tmpdir(), 'documents-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await target?.stop();
  });

  test('finds nothing but what is argued', { timeout: 1_800_000 }, async ({ annotate }) => {
    const { cases, phases, findings, errors } = await runSchemathesis(target, { python, seed, examples });
    const kinds = new Set(findings.map(({ code, problem }) => `${code} ${problem ?? ''}`));
    await annotate(`${cases} cases, ${findings.length} findings of ${kinds.size} kinds: ${[...kinds].join(', ')}`);
    expect(errors).toEqual([]);
    expect(findings.filter((finding) => !isArgued(finding))).toEqual([]);
    expect(Object.keys(phases)).toEqual(['examples', 'coverage', 'fuzzing', 'stateful']);
    expect(cases).toBeGreaterThan(1_000);
  });

  test('finds a document that declares more than the server returns', { timeout: 1_800_000 }, async () => {
    const served = await (await fetch(`${target.addresses.http}/openapi.json`)).text();
    const document = join(folder, 'openapi.json');
    writeFileSync(document, served.replaceAll('"updated_at":{', '"updated_at":{"maxLength":1,'));
    const { findings } = await runSchemathesis(target, { python, seed, examples: 3, document, operationId: 'getMe' });
    const unargued = findings.filter((finding) => !isArgued(finding));
    expect(unargued).toContainEqual(expect.objectContaining({ operation: 'GET /users/me', status: 200 }));
  });
});
