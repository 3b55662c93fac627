import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '../src/apps/services.js';
import { LoadedFiles } from '../test/support/loaded-files.js';
import { startProcess } from '../test/support/process.js';
import { memoryOf } from './machine.js';
import { shown, table } from './report.js';
import { spread } from './statistics.js';

interface Started {
  /** Milliseconds until the process says that it is ready. */
  readonly ready: number;
  /** MiB, idle. */
  readonly rss: number;
  readonly pss: number;
}

const idleMs = 5_000;
const development = { NODE_ENV: 'development' };

async function started(environment: Readonly<Record<string, string>>) {
  const begun = performance.now();
  const running = startProcess({ ...development, ...environment });
  await running.line(/is ready in/);
  return { running, ready: performance.now() - begun };
}

async function measure(environment: Readonly<Record<string, string>>): Promise<Started> {
  const { running, ready } = await started(environment);
  await delay(idleMs);
  const memory = memoryOf(running.child.pid ?? 0);
  await running.end('SIGTERM');
  return { ready, ...memory };
}

/** Packages that a process without the database, the broker, or GraphQL has no use for. */
const heavy = ['@prisma/client', 'pg', '@nestjs/graphql', 'mercurius', 'graphql', 'aedes', 'mqtt', 'ws', 'ioredis'];

async function row(service: string, starts: number): Promise<Record<string, string>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
  const environment = { SERVICE_NAME: service, DATA_DIR: dataDir };
  try {
    const first = await measure(environment);
    const later: Started[] = [];
    while (later.length < starts) later.push(await measure(environment));
    // a start of its own, for counting takes time
    const { count, ours, packages, modules, protocols } = await LoadedFiles.of({ ...development, ...environment });
    return {
      process: service,
      'first start ms': first.ready.toFixed(0),
      'later start ms': shown(spread(later.map(({ ready }) => ready)), 0),
      'RSS MiB': shown(spread(later.map(({ rss }) => rss)), 0),
      'PSS MiB': shown(spread(later.map(({ pss }) => pss)), 0),
      'files loaded': String(count),
      'of ours': String(ours),
      packages: String(packages.length),
      'code of modules': modules.join(', ') || 'none',
      'code of protocols': protocols.join(', '),
      'of the heavy packages': heavy.filter((name) => packages.includes(name)).join(', ') || 'none',
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Each process alone on embedded defaults: start, memory when idle, and what it has loaded. A Markdown table. */
export async function processes(starts: number): Promise<string> {
  const rows = [];
  for (const service of Object.keys(services)) rows.push(await row(service, starts));
  return table(rows);
}
