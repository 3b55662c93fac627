import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const execArgv = ['--disable-warning=DEP0205', '--import', '@swc-node/register/esm-register'];

/** A program in a process of its own, which answers every message with one. */
export class Child<Request extends object, Answer> {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts `program` (one without a URL is in this folder) and waits for its first message. */
  static async start<Request extends object, Answer, First>(
    program: string | URL,
    args: readonly string[],
  ): Promise<{ child: Child<Request, Answer>; first: First }> {
    const started = new Child<Request, Answer>(fork(new URL(program, import.meta.url), args, { execArgv }));
    return { child: started, first: (await started.#message()) as First };
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async ask(request: Request): Promise<Answer> {
    const answer = this.#message();
    this.child.send(request);
    return (await answer) as Answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async #message(): Promise<unknown> {
    const aborted = new AbortController();
    const exit = once(this.child, 'exit', { signal: aborted.signal }).then(([code]) => {
      throw new Error(`${this.child.spawnargs.slice(-3).join(' ')} ended with code ${code}`);
    });
    exit.catch(() => undefined);
    try {
      const [message] = await Promise.race([once(this.child, 'message'), exit]);
      return message;
    } finally {
      aborted.abort();
    }
  }
}
