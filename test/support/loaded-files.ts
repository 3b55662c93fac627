import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './process.js';

/** What a process with this environment has loaded when it is ready, of a program that is not bundled. */
export class LoadedFiles {
  constructor(private readonly files: readonly string[]) {}

  static async of(environment: Readonly<Record<string, string>>): Promise<LoadedFiles> {
    const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
    const written = join(folder, 'files.json');
    const noted = new URL('./note-loaded-files.ts', import.meta.url).href;
    const changed = { ...environment, NODE_OPTIONS: `--import=${noted}`, LOADED_FILES: written };
    const running = startProcess(changed, 'dist/main.js');
    try {
      await running.line(/is ready in/);
      await running.end('SIGTERM');
      return new LoadedFiles(JSON.parse(await readFile(written, 'utf8')));
    } finally {
      await running.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  }

  get count(): number {
    return this.files.length;
  }

  /** Of the built program. */
  get ours(): number {
    return this.#own.length;
  }

  get packages(): readonly string[] {
    return captured(this.files, /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  }

  /** Those of which more is there than the contract, which everybody may know. */
  get modules(): readonly string[] {
    return captured(this.#own, /\/dist\/modules\/([^/]+)\/(?!contract\/)/);
  }

  get protocols(): readonly string[] {
    return captured(this.#own, /\/dist\/protocols\/([^/]+)\//);
  }

  get #own(): readonly string[] {
    return this.files.filter((file) => file.includes('/dist/') && !file.includes('/node_modules/'));
  }
}

/** The distinct texts that `pattern` captures, in order. */
const captured = (files: readonly string[], pattern: RegExp): readonly string[] =>
  [...new Set(files.flatMap((file) => pattern.exec(file)?.[1] ?? []))].sort();
