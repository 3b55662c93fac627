import { dirname, join } from 'node:path';
import { explainAndExit } from './apps/explain-and-exit.js';
import { operationIds } from './apps/modules.js';
import { services } from './apps/services.js';
import { Split, splitProcesses } from './apps/split.js';
import { onStop } from './apps/stop-signals.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';
import { logOutput } from './platform/observability/log-output.js';

async function main(): Promise<void> {
  const gateway = configurationFromEnvironment(services, { SERVICE_NAME: 'api-gateway' }, operationIds);
  const program = join(dirname(process.argv[1] ?? ''), 'main.js');
  const split = new Split(splitProcesses(gateway), program, (line) => logOutput.write(`${line}\n`));
  onStop(() => void split.stop());
  const code = await split.ended();
  await logOutput.flush();
  process.exit(code);
}

main().catch(explainAndExit);
