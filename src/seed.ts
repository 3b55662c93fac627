import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { explainAndExit } from './apps/explain-and-exit.js';
import { rootModule } from './apps/root.module.js';
import { canLogIn, seed } from './apps/seed.js';
import { seedTarget } from './apps/seed-target.js';
import { onStop } from './apps/stop-signals.js';
import type { Configuration } from './platform/config/configuration.js';
import { ConfigurationError } from './platform/config/configuration-error.js';
import { noTelemetry } from './platform/observability/telemetry.js';
import { Bus } from './ports/bus.js';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function open(configuration: Configuration) {
  const root = await rootModule({ ...configuration, protocols: [] }, noTelemetry);
  const options = { abortOnError: false, bufferLogs: true, autoFlushLogs: false } as const;
  const app = await NestFactory.createApplicationContext(root, { ...options, logger: ['error', 'warn'] });
  app.flushLogs();
  return app;
}

async function fill({ bootstrapAdmin }: Configuration, bus: Bus, place: string): Promise<void> {
  const seeded = await seed(bus);
  print(`Demo data is in ${place}. Log in as:`);
  for (const { email, password } of seeded)
    print(password === undefined ? `  ${email} (no demo password)` : `  ${email} with password ${password}`);
  if (bootstrapAdmin && (await canLogIn(bus, bootstrapAdmin)))
    print(`  ${bootstrapAdmin.email} with password ${bootstrapAdmin.password} (administrator)`);
}

async function main(): Promise<void> {
  const { configuration, place, hint } = await seedTarget();
  if (configuration.environment === 'production')
    throw new ConfigurationError([
      'NODE_ENV: demo users have passwords that everyone knows, there are none in production',
    ]);
  const opening = open(configuration);
  onStop(() => void opening.then((app) => app.close()).finally(() => process.exit(1)));
  const app = await opening;
  try {
    await fill(configuration, app.get(Bus), place);
  } finally {
    await app.close();
  }
  if (hint) print(hint);
}

main().catch(explainAndExit);
