import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configModule } from '../../../src/platform/config/config.module.js';
import { Configuration } from '../../../src/platform/config/configuration.js';
import { configurationFromEnvironment } from '../../../src/platform/config/configuration-from-environment.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';

const original = { cwd: process.cwd(), names: new Set(Object.keys(process.env)) };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(original.cwd);
  for (const name of Object.keys(process.env)) if (!original.names.has(name)) delete process.env[name];
  rmSync(folder, { recursive: true });
});

describe('the configuration of this process', () => {
  test('is read from its environment', () => {
    process.env.GRPC_PORT = '50099';
    expect(configurationFromEnvironment().grpc.port).toBe(50_099);
  });

  test('takes from .env what the environment lacks, and the environment wins', () => {
    writeFileSync('.env', 'GRPC_PORT=50001\nMQTT_PORT=1884 # not the usual one\nMQTT_TOPIC_PREFIX="acme"\n');
    process.env.GRPC_PORT = '50099';
    expect(configurationFromEnvironment()).toMatchObject({
      grpc: { port: 50_099 },
      mqtt: { port: 1884, topicPrefix: 'acme' },
    });
  });

  test.each([
    ['UTF-8', Buffer.from('\u{feff}GRPC_PORT=50001\nMQTT_PORT=1884\n')],
    ['UTF-16, as PowerShell writes it', Buffer.from('\u{feff}GRPC_PORT=50001\r\nMQTT_PORT=1884\r\n', 'utf16le')],
  ])('takes every variable of a .env with a byte order mark: %s', (_, bytes) => {
    writeFileSync('.env', bytes);
    expect(configurationFromEnvironment()).toMatchObject({ grpc: { port: 50_001 }, mqtt: { port: 1884 } });
  });

  test('refuses a .env that cannot be read', () => {
    mkdirSync('.env');
    expect(() => configurationFromEnvironment()).toThrow(/\.env: cannot be read \(EISDIR\)/);
  });
});

@Injectable()
class Listener {
  constructor(readonly configuration: Configuration) {}
}

test('the configuration is injected by its class', async () => {
  const configuration = loadConfiguration({ PORT: '3456' });
  @Module({ imports: [configModule(configuration)], providers: [Listener] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  expect(app.get(Listener).configuration).toBe(configuration);
  await app.close();
});
