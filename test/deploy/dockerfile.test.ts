import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const program = process.env.HADOLINT;
const dockerfile = readFileSync('Dockerfile', 'utf8');

interface Finding {
  readonly code: string;
}

function findings(text: string): readonly string[] {
  const { stdout } = spawnSync(program ?? '', ['--format', 'json', '-'], { input: text, encoding: 'utf8' });
  return (JSON.parse(stdout) as Finding[]).map(({ code }) => code);
}

describe.skipIf(!program)('hadolint', () => {
  test('has nothing to say about the Dockerfile', () => {
    expect(findings(dockerfile)).toEqual([]);
  });

  test('finds a base image without a tag', () => {
    expect(findings(dockerfile.replace(/^FROM .* AS build/m, 'FROM node AS build'))).toEqual(['DL3006']);
  });

  test('finds a last user that is root', () => {
    expect(findings(dockerfile.replace('USER 1000:1000', 'USER root'))).toContain('DL3002');
  });
});

test('the Dockerfile has no base but the one of its argument, so that a digest pins it', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
  expect(bases.length).toBeGreaterThan(1);
  expect(bases.filter((base) => !/^(?:\$\{NODE_IMAGE\}|scratch)$/.test(base))).toEqual([]);
});
