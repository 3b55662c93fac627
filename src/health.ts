import { ownHealth } from './apps/own-health.js';
import { services } from './apps/services.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';

const checks = ['live', 'ready'];

/** Ends with 0 if the process that has the same environment answers 200. For health checks in images without a shell. */
async function main(): Promise<void> {
  const check = process.argv[2] ?? 'live';
  if (!checks.includes(check)) throw new Error(`${check} is no health check: use one of ${checks.join(', ')}`);
  const { statusCode } = await ownHealth(configurationFromEnvironment(services), `/${check}`);
  process.stdout.write(`/health/${check} answered ${statusCode}\n`);
  process.exit(statusCode === 200 ? 0 : 1);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
