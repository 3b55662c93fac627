import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { supervised } from '../../../support/child-processes.js';

interface Report {
  readonly port?: number;
  readonly left?: string;
  readonly error?: string;
}

const script = fileURLToPath(new URL('./use-server.ts', import.meta.url));

/** Another process that uses the server of `dataDir`; `prefix` is a command that runs it. */
export class ServerUser {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(dataDir: string, { prefix = [], path }: { prefix?: readonly string[]; path?: string } = {}) {
    const [command = process.execPath, ...args] = [
      ...prefix,
      process.execPath,
      '--no-deprecation',
      '--import',
      '@swc-node/register/esm-register',
      script,
      dataDir,
    ];
    const env = path === undefined ? process.env : { ...process.env, PATH: path };
    this.child = supervised(spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] }));
    if (!this.child.stdout) throw new Error('no output');
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async report(): Promise<Report> {
    const { value } = await this.lines.next();
    return JSON.parse(value ?? '{}');
  }

  /** Lets it stop gracefully. */
  async end(): Promise<Report> {
    this.child.stdin?.end();
    return this.report();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
