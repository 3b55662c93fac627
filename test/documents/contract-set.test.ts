import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContractSet } from '../../scripts/contract/contract-set.js';
import { generate } from '../../scripts/contract/generate.js';
import { invalid } from '../../scripts/contract/validity.js';
import { isProto } from '../../scripts/contract/wire-documents.js';
import { specimens } from '../fixtures/specimens/specimens.operations.js';
import { fields, type Plan, things } from './things.js';

const license = { name: 'MIT', url: 'https://spdx.org/licenses/MIT' };
const info = { title: 'Things', version: '1', license };
const { note, ...withoutNote } = fields;

describe('a set of wire documents', () => {
  let root: string;
  const contracts = (plan: Plan = {}) => new ContractSet(root, [things(plan)], info);
  const at = (path: string) => join(root, path);
  const findings = async (plan: Plan = {}) =>
    (await contracts(plan).check()).flatMap((verdict) =>
      verdict.findings.map(({ document, finding }) => [document, finding]),
    );

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'documents-'));
    contracts().write();
    contracts().release();
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is clean as written, and says where it comes from', async () => {
    expect(await findings()).toEqual([]);
    for (const name of ['openapi.json', 'asyncapi.json', 'schema.graphql']) {
      expect(readFileSync(at(`src/schemas/${name}`), 'utf8')).toContain('do not edit by hand');
    }
  });

  it('has drifted when a document was edited, is missing or has no contract', async () => {
    const openApi = at('src/schemas/openapi.json');
    writeFileSync(openApi, readFileSync(openApi, 'utf8').replace('saveThing', 'edited'));
    rmSync(at('src/schemas/schema.graphql'));
    writeFileSync(at('proto/stray.proto'), 'syntax = "proto3";\n');
    const [verdict] = await contracts().check();
    expect(verdict?.fix).toContain('npm run contract');
    expect(verdict?.findings).toEqual([
      { document: openApi, finding: expect.stringMatching(/^line \d+ is .*edited.*, the contracts give .*saveThing/) },
      { document: at('src/schemas/schema.graphql'), finding: 'is missing' },
      { document: at('proto/stray.proto'), finding: 'comes from no contract any more' },
    ]);
    contracts().write();
    expect(await findings()).toEqual([]);
    expect(existsSync(at('proto/stray.proto'))).toBe(false);
  });

  it('has drifted when a contract changed', async () => {
    const documents = (await findings({ output: { ...fields, extra: fields.name } })).map(([document]) => document);
    expect(documents).toEqual([
      ...['openapi.json', 'asyncapi.json', 'schema.graphql'].map((name) => at(`src/schemas/${name}`)),
      at('proto/things/v1/things.proto'),
    ]);
  });

  it('fails on a breaking change until someone accepts it, and again when the acceptance is stale', async () => {
    const changed = { output: withoutNote };
    contracts(changed).write();
    const [verdict] = await contracts(changed).check();
    expect(verdict?.fix).toContain('--accept');
    expect(verdict?.findings).toContainEqual({
      document: at('src/schemas/openapi.json'),
      finding: 'POST /things: 201.note is gone',
    });

    expect(await contracts(changed).accept('nobody read it')).toHaveLength(verdict?.findings.length ?? 0);
    expect(await contracts(changed).accept('again')).toEqual([]);
    expect(await findings(changed)).toEqual([]);
    const accepted = JSON.parse(readFileSync(at('src/schemas/accepted-breaks.json'), 'utf8'));
    expect(accepted).toContainEqual({
      document: 'openapi.json',
      finding: 'POST /things: 201.note is gone',
      reason: 'nobody read it',
    });

    contracts().write();
    const stale = await findings();
    expect(stale).toContainEqual(['openapi.json', 'POST /things: 201.note is gone']);
  });

  it('is measured by the last release, which ends every acceptance', async () => {
    const changed = { output: withoutNote };
    contracts(changed).write();
    await contracts(changed).accept('nobody read it');
    contracts(changed).release();
    expect(await findings(changed)).toEqual([]);
    expect(JSON.parse(readFileSync(at('src/schemas/accepted-breaks.json'), 'utf8'))).toEqual([]);
  });
});

describe('the official validators', () => {
  const documents = generate([specimens, things()], info, new Map());

  it('find nothing wrong with values of every type', async () => {
    expect(await invalid(documents)).toEqual([]);
  });

  it.each([
    ['openapi.json', '"in": "path"', '"in": "nowhere"', /must/],
    ['openapi.json', '"license": {', '"x-licence": {', /license.*\(info-license\)/],
    ['openapi.json', '"description": "Things', '"x-about": "Things', /description.*\(tag-description\)/],
    ['openapi.json', '"example": 2000', '"example": 0', /\(no-invalid-parameter-examples\)/],
    ['asyncapi.json', '"action": "receive"', '"action": "guess"', /action/],
    ['schema.graphql', 'type Query', 'type Query implements Nothing', /Unknown type "Nothing"/],
    ['schema.graphql', 'type Query {', 'type Query {{', /Syntax Error/],
    ['proto/things/v1/things.proto', 'message Thing {', 'message bad_thing {', /PASCAL_CASE|COMPILE/],
    ['proto/things/v1/things.proto', 'syntax = "proto3";', 'syntax =', /COMPILE/],
  ])('refuse %s with %s changed to %s', async (document, sound, planted, expected) => {
    const spoilt = documents.get(document)?.replace(sound, planted) ?? '';
    expect(spoilt).not.toBe(documents.get(document));
    const others = document.endsWith('.proto') ? [...documents].filter(([path]) => isProto(path)) : [];
    const found = await invalid(new Map(others).set(document, spoilt));
    expect(found).toContainEqual({ document, finding: expect.stringMatching(expected) });
  });
});
