import { chmodSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findBinaries, linkLibraries, program } from '../../../../src/platform/database/embedded/binaries.js';

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binaries-'));
  home = join(folder, 'native');
  mkdirSync(join(home, 'lib'), { recursive: true });
  writeFileSync(join(home, 'lib', 'libicu.so.60.2'), '');
  const links = [{ source: 'native/lib/libicu.so.60.2', target: 'native/lib/libicu.so.60' }];
  writeFileSync(join(home, 'pg-symlinks.json'), JSON.stringify(links));
});

afterEach(() => {
  chmodSync(join(home, 'lib'), 0o755);
  rmSync(folder, { recursive: true });
});

describe('the binaries from npm', () => {
  test('are those of this platform', async () => {
    const binaries = await findBinaries();
    expect(binaries).toContain(process.arch);
    for (const name of ['initdb', 'postgres', 'pg_ctl'] as const)
      expect(existsSync(program(binaries, name))).toBe(true);
  });

  test('get the library links that their install script would have made', async () => {
    await linkLibraries(home);
    await linkLibraries(home);
    expect(readlinkSync(join(home, 'lib', 'libicu.so.60'))).toBe('libicu.so.60.2');
  });

  test('say so when the links are missing and cannot be made', async () => {
    rmSync(join(home, 'lib'), { recursive: true });
    await expect(linkLibraries(home)).rejects.toThrow(/are not linked and cannot be \(ENOENT.*npm rebuild/);
    mkdirSync(join(home, 'lib'));
  });
});
