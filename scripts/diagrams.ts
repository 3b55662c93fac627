import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DeployStore } from './deploy/deploy-store.js';
import { deploymentModel } from './deploy/model.js';
import { diagrams } from './diagrams/target.js';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const store = new DeployStore(process.cwd(), [diagrams]);
const model = deploymentModel(version);

if (!values.check) store.write(model);
const findings = store.check(model);
for (const { document, finding } of findings) console.log(`${document}: ${finding}`);
process.exitCode = findings.length === 0 ? 0 : 1;
