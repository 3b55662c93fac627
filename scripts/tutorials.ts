import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closingLine, emptyTally, sum, type Tally } from './tally.js';
import { applyDiff, type Block, readBlocks } from './tutorials/blocks.js';

const given = process.argv.slice(2);
const pages = given.length > 0 ? given : ['docs/adding-an-operation.md', 'docs/adding-a-module.md'];

/** The files of this checkout as they are now, in a repository of their own. */
function scratchCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'tutorial-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter(Boolean)) cpSync(file, join(copy, file));
  execFileSync('git', ['init', '--quiet'], { cwd: copy });
  run('npm ci --prefer-offline', copy);
  return copy;
}

function run(commands: string, cwd: string): void {
  const { status } = spawnSync('sh', ['-euxc', commands], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`ended with code ${status}:\n${commands}`);
}

const follow: Readonly<Record<Block['kind'], (block: Block, copy: string) => void>> = {
  run: ({ text }, copy) => run(text, copy),
  write: ({ path, text }, copy) => {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    writeFileSync(join(copy, path), text, { flag: 'wx' });
  },
  change: ({ path, text }, copy) => {
    const file = join(copy, path);
    writeFileSync(file, applyDiff(readFileSync(file, 'utf8'), text));
  },
};

function followPage(page: string, copy: string): Tally {
  let step = '';
  try {
    for (const block of readBlocks(readFileSync(page, 'utf8'))) {
      step = block.path || block.text.trim();
      follow[block.kind](block, copy);
    }
    console.log(`ok      ${page}`);
    return { ...emptyTally, passed: 1 };
  } catch (error) {
    console.log(`FAILED  ${page}, at ${step}\n\n${error instanceof Error ? error.message : error}`);
    return { ...emptyTally, failed: 1 };
  }
}

const copy = scratchCopy();
try {
  // one after the other in one copy, as a reader does
  const total = sum(pages.map((page) => followPage(page, copy)));
  console.log(`\n${closingLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
