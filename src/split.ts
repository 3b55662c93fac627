import { fileURLToPath } from 'node:url';
import { explainAndExit } from './apps/explain-and-exit.js';
import { operationIds } from './apps/modules.js';
import { services } from './apps/services.js';
import { Split, splitProcesses } from './apps/split.js';
import { onStop } from './apps/stop-signals.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';

async function main(): Promise<void> {
  const gateway = configurationFromEnvironment(services, { SERVICE_NAME: 'api-gateway' }, operationIds);
  const program = fileURLToPath(new URL('main.js', import.meta.url));
  const split = new Split(splitProcesses(gateway), program, (line) => process.stdout.write(`${line}\n`));
  onStop(() => void split.stop());
  process.exitCode = await split.ended();
}

main().catch(explainAndExit);
