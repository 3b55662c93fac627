import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { supervised } from '../support/child-processes.js';

/** A program of Python in this folder that reads and writes JSON, an object a line. */
export class PythonProgram<Line> {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;

  constructor(name: string, args: readonly string[], take: (line: Line) => void) {
    const { FOREIGN_PYTHON = 'python3' } = process.env;
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const program = [join(import.meta.dirname, name), ...args];
    this.#child = supervised(spawn(FOREIGN_PYTHON, program, { stdio: [...stdio] }));
    createInterface({ input: this.#child.stdout }).on('line', (line) => take(JSON.parse(line) as Line));
  }

  write(order: object): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** Rejects when the program ends before `promise` is settled. */
  async unlessEnded<T>(promise: Promise<T>): Promise<T> {
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`${this.#child.spawnargs.join(' ')} ended with ${code}`);
    });
    return Promise.race([promise, ended]);
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}
