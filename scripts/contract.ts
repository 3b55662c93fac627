import { parseArgs } from 'node:util';
import { moduleContracts } from '../src/apps/modules.js';
import { ContractSet } from './contract/contract-set.js';
import { documentInfo } from './contract/document.js';
import type { Finding } from './contract/wire-documents.js';

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, release: { type: 'boolean' }, accept: { type: 'string' } },
});
const contracts = new ContractSet('.', moduleContracts, documentInfo);

const print = (findings: readonly Finding[]) => {
  for (const { document, finding } of findings) console.log(`  ${document}: ${finding}`);
};

/** True when all is well. */
async function check(): Promise<boolean> {
  const verdicts = await contracts.check();
  for (const { fix, findings } of verdicts) {
    console.log(`${fix}\n`);
    print(findings);
    console.log();
  }
  return verdicts.length === 0;
}

async function accept(reason: string): Promise<boolean> {
  if (reason.trim() === '') {
    console.log('Say why: npm run contract -- --accept "<reason>"');
    return false;
  }
  const accepted = await contracts.accept(reason);
  console.log(accepted.length === 0 ? 'There is no breaking change to accept.' : 'Accepted:');
  print(accepted);
  return true;
}

async function release(): Promise<boolean> {
  if (!(await check())) return false;
  contracts.release();
  console.log('Released: src/schemas/released is the committed set now.');
  return true;
}

async function write(): Promise<boolean> {
  contracts.write();
  return check();
}

const { accept: reason } = values;
const done = await (reason !== undefined
  ? accept(reason)
  : values.release
    ? release()
    : values.check
      ? check()
      : write());
process.exitCode = done ? 0 : 1;
