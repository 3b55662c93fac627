import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { environmentWith } from '../platform/config/configuration-from-environment.js';
import { inTurn, listenMessage, readyMessage } from './parent-process.js';

export type SplitProcess = Readonly<Record<string, string>> & { readonly SERVICE_NAME: string };

export interface Ending {
  readonly service: string;
  /** 1 when ended by a signal. */
  readonly code: number;
  /** `exit code 1`, or the name of the signal. */
  readonly cause: string;
}

export class SplitPart {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  constructor(environment: SplitProcess, program: string, print: (line: string) => void) {
    this.#child = spawn(process.execPath, ['--enable-source-maps', program, inTurn], {
      env: environmentWith(environment),
      // the child ends when the channel closes
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // a group of its own: Ctrl-C must reach this process alone, which stops the others in order
      detached: process.platform !== 'win32',
    });
    const { stdout, stderr } = this.#child;
    for (const input of [stdout, stderr]) if (input) createInterface({ input }).on('line', print);
    this.ended = ending(environment.SERVICE_NAME, this.#child);
  }

  /** Lets the loaded process listen. Never resolves if it ends first. */
  async listen(): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.#child.on('message', (message) => message === readyMessage && resolve());
    });
    // its end is handled elsewhere
    this.#child.send(listenMessage, () => undefined);
    await ready;
  }

  stop(): Promise<Ending> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }
}

async function ending(service: string, child: ChildProcess): Promise<Ending> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { service, code: code ?? 1, cause: signal ?? `exit code ${code}` };
}
