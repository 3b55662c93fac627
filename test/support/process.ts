import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { supervised } from './child-processes.js';
import { unhurried } from './unhurried.js';

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  readonly output: string[];
  /** Resolves with the first line that matches, printed before or after; rejects when the process ends without one. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends the signal and gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  exited(): Promise<number | NodeJS.Signals | null>;
}

/**
 * A built program as its own process, on free ports, with `environment` and nothing else of ours; `prefix` is a command
 * that runs it.
 */
export function startProcess(
  environment: Readonly<Record<string, string>>,
  program = 'dist/bundle/main.js',
  prefix: readonly string[] = [],
): RunningProcess {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, program];
  return startProgram(command, args, {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'test',
    // a third of a start is compiling
    NODE_COMPILE_CACHE: 'node_modules/.cache/compiled',
    PORT: '0',
    GRPC_PORT: '0',
    MQTT_PORT: '0',
    SHUTDOWN_TIMEOUT_MS: unhurried.SHUTDOWN_TIMEOUT_MS,
    ...environment,
  });
}

/** Any program, with this environment and nothing else. */
export function startProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv): RunningProcess {
  const child = supervised(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  const output: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      for (const listener of waiting) listener(line);
    });
  }
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  return {
    child,
    output,
    exited: () => ended,
    line: (pattern) => findLine(output, waiting, ended, pattern),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

function findLine(
  output: readonly string[],
  waiting: Set<(line: string) => void>,
  ended: Promise<unknown>,
  pattern: RegExp,
): Promise<RegExpMatchArray> {
  const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
  const look = (line: string) => {
    const match = line.match(pattern);
    if (match) resolve(match);
  };
  for (const line of output) look(line);
  waiting.add(look);
  void ended.then(() => reject(new Error(`ended without ${pattern}:\n${output.join('\n')}`)));
  return promise.finally(() => waiting.delete(look));
}
