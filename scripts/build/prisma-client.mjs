import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';

const generated = 'src/platform/database/generated';
const stampFile = `${generated}/.stamp`;

/** Hash of everything the generated client depends on. */
function stamp() {
  const hash = createHash('sha256');
  const inputs = globSync(['prisma/**/*.prisma', 'prisma.config.*', 'node_modules/prisma/package.json']);
  for (const file of inputs.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export function clientIsStale() {
  return globSync('prisma/**/*.prisma').length > 0 && read(stampFile) !== stamp();
}

/** Writes the Prisma client of `prisma/` into the sources; needs no network. */
export function generateClient() {
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    // `generate` never runs the schema engine but downloads it unless one is named.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  };
  const command = ['node_modules/prisma/build/index.js', 'generate'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`prisma generate failed: fix prisma/*.prisma\n${stdout}${stderr}`);
  writeFileSync(stampFile, stamp());
}
