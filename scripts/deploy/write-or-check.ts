import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DeployStore } from './deploy-store.js';
import { deploymentModel } from './model.js';
import type { Target } from './target.js';

/** The command of a script: writes the files of `targets`, or with `--check` prints how the committed ones differ. */
export function writeOrCheck(targets: readonly Target[]): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const store = new DeployStore(process.cwd(), targets);
  const model = deploymentModel(version);
  if (!values.check) {
    store.write(model);
    return;
  }
  const findings = store.check(model);
  for (const { document, finding } of findings) console.log(`${document}: ${finding}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
