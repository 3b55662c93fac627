import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { startLoneGateway } from '../../support/lone-gateway.js';

const folder = 'deploy/observability';
const dashboard = JSON.parse(readFileSync(`${folder}/operations.dashboard.json`, 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
const rules = readFileSync(`${folder}/alerts.yaml`, 'utf8');

const withoutTexts = (expression: string) => expression.replaceAll(/"[^"]*"/g, '""');

/** What looks like a metric: names of functions, labels and recorded rules do not. */
const metricsOf = (expression: string): string[] =>
  withoutTexts(expression).match(/\b(operation|nodejs|process|circuit|remote|bulkhead|load)_[a-z0-9_]+\b/g) ?? [];

const ofPanels = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const ofRules = [...rules.matchAll(/^ +expr: (.+)$/gm)].map(([, expression = '']) => expression);

/** By a gateway that has called another service. */
let exposed: Set<string>;

beforeAll(async () => {
  const { application, addresses } = await startLoneGateway();
  await fetch(`${addresses.http}/users/${crypto.randomUUID()}`);
  await fetch(`${addresses.http}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'password123' }),
  });
  const metrics = await fetch(`${addresses.http}/metrics`);
  exposed = new Set((await metrics.text()).match(/^[a-z0-9_]+/gm));
  await application.stop();
});

describe('the dashboard and the alert rules', () => {
  test('query metrics that /metrics has', () => {
    const asked = new Set([...ofPanels, ...ofRules].flatMap(metricsOf));
    expect(asked.size).toBeGreaterThan(20);
    expect(asked.difference(exposed)).toEqual(new Set());
  });

  test('have an expression in every panel and every rule, with closed brackets', () => {
    expect(dashboard.panels.every(({ targets }) => targets.length > 0)).toBe(true);
    expect(ofRules).toHaveLength([...rules.matchAll(/^ +- (alert|record): /gm)].length);
    for (const expression of [...ofPanels, ...ofRules].map(withoutTexts)) {
      for (const [open, close] of ['()', '{}', '[]']) {
        expect(expression.split(open as string), expression).toHaveLength(expression.split(close as string).length);
      }
    }
  });

  test('use recorded rules that are there', () => {
    const recorded = new Set([...rules.matchAll(/- record: (\S+)/g)].map(([, name = '']) => name));
    const used = new Set(ofRules.flatMap((expression) => withoutTexts(expression).match(/\b\w+:\w+:\w+\b/g) ?? []));
    expect(used.difference(recorded)).toEqual(new Set());
  });
});
