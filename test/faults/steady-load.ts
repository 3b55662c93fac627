import { setTimeout as after } from 'node:timers/promises';
import { Failure } from '../../src/contract/failure.js';

/** The answer came, and is not what it must be. */
export class WrongAnswer extends Error {}

export interface LoadSettings {
  readonly callers: number;
  /** Milliseconds after which the product must have answered, be it with a failure. */
  readonly deadlineMs: number;
  /** Milliseconds that a caller waits between two calls. */
  readonly pauseMs?: number;
}

/** Beyond the deadline, for a machine that stalls: what comes later is a hang. */
const hangSlackMs = 5_000;

/** Failures without information for a caller. */
const unexplainedCodes = new Set(['INTERNAL', 'UNIMPLEMENTED', 'MALFORMED_REQUEST', 'NOT_FOUND']);

const quantile = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);

/** What came of the calls that began in one phase of the load. */
export class Tally {
  right = 0;
  /** By failure code. */
  readonly failures: Record<string, number> = {};
  readonly wrong: string[] = [];
  readonly hangs: string[] = [];
  readonly unexplained: string[] = [];
  /** One line for each call that failed, with what it said. */
  readonly details: string[] = [];
  readonly #answeredMs: number[] = [];
  readonly #failedMs: number[] = [];

  add(name: string, error: unknown, ms: number, limitMs: number): void {
    if (ms > limitMs) this.hangs.push(`${name}: ${Math.round(ms)} ms`);
    if (error === undefined) {
      this.right++;
      this.#answeredMs.push(ms);
      return;
    }
    const text = `${name}: ${error instanceof Failure ? `${error.code} (${error.message})` : error}`;
    if (error instanceof WrongAnswer) this.wrong.push(text);
    else this.#failed(error, text, ms);
  }

  /** Milliseconds of the failures that came fastest; undefined where there were none. */
  get medianFailureMs(): number | undefined {
    return this.#failedMs.length === 0 ? undefined : quantile(this.#failedMs.toSorted(ascending), 0.5);
  }

  /** What no fault excuses. */
  get faults(): readonly string[] {
    return [...this.wrong, ...this.hangs, ...this.unexplained];
  }

  get failed(): number {
    return Object.values(this.failures).reduce((sum, count) => sum + count, 0);
  }

  toString(): string {
    const answered = this.#answeredMs.toSorted(ascending);
    const failed = this.#failedMs.toSorted(ascending);
    const named = Object.entries(this.failures).map(([code, count]) => `${count} ${code}`);
    const failures = failed.length === 0 ? '' : ` (p50 ${quantile(failed, 0.5)}, p99 ${quantile(failed, 0.99)} ms)`;
    return [
      `${this.right} right (p50 ${quantile(answered, 0.5)}, p99 ${quantile(answered, 0.99)} ms)`,
      `${this.failed} failed${failures}${named.length === 0 ? '' : `: ${named.join(', ')}`}`,
      `${this.wrong.length} wrong`,
      `${this.hangs.length} hung`,
      `${this.unexplained.length} unexplained`,
    ].join('; ');
  }

  #failed(error: unknown, text: string, ms: number): void {
    this.details.push(text);
    this.#failedMs.push(ms);
    const code = error instanceof Failure ? error.code : 'UNEXPLAINED';
    this.failures[code] = (this.failures[code] ?? 0) + 1;
    if (!(error instanceof Failure) || unexplainedCodes.has(code)) this.unexplained.push(text);
  }
}

const ascending = (one: number, other: number): number => one - other;

/** One kind of call; throws WrongAnswer, or what the client threw. */
export interface Step {
  readonly name: string;
  run(): Promise<void>;
}

/** Milliseconds that a test waits for what must come of the load. */
const callLimitMs = 45_000;

/** Callers that each make their next call when the last one has ended: a closed loop. */
export class SteadyLoad {
  readonly #callers: readonly Promise<void>[];
  readonly #watched = new Map<Tally, () => void>();
  #tally = new Tally();
  #isOver = false;

  /** `steps`: those of one caller, made in turn. */
  constructor(
    private readonly settings: LoadSettings,
    steps: (caller: number) => readonly Step[],
  ) {
    this.#callers = Array.from({ length: settings.callers }, (_, caller) => this.#call(steps(caller)));
  }

  /** Resolves when so many calls that begin from now on were answered rightly. */
  answered(count: number): Promise<Tally> {
    return this.until(({ right }) => right >= count);
  }

  /** The tally of the calls that begin from now on, as soon as it is as wanted. Rejects when that takes too long. */
  async until(isReached: (tally: Tally) => boolean): Promise<Tally> {
    const tally = new Tally();
    const { promise, resolve, reject } = Promise.withResolvers<Tally>();
    const tooLate = () => reject(new Error(`not reached: ${tally}\n${tally.details.slice(-5).join('\n')}`));
    const timer = setTimeout(tooLate, callLimitMs);
    this.#watched.set(tally, () => isReached(tally) && resolve(tally));
    return promise.finally(() => {
      clearTimeout(timer);
      this.#watched.delete(tally);
    });
  }

  /** Counts anew; gives what came of the calls so far, those that still run not included. */
  next(): Tally {
    const ended = this.#tally;
    this.#tally = new Tally();
    return ended;
  }

  /** Resolves with the tally when the running calls have ended. */
  async stop(): Promise<Tally> {
    this.#isOver = true;
    await Promise.all(this.#callers);
    return this.#tally;
  }

  async #call(steps: readonly Step[]): Promise<void> {
    for (let turn = 0; !this.#isOver; turn++) {
      await this.#make(steps[turn % steps.length] as Step);
      await after(this.settings.pauseMs ?? 10);
    }
  }

  /** A call counts in the tallies that were there when it began. */
  async #make(step: Step): Promise<void> {
    const tallies = [this.#tally, ...this.#watched.keys()];
    const startedAt = performance.now();
    const error = await step.run().then(
      () => undefined,
      (thrown: unknown) => thrown ?? new Error('nothing was thrown'),
    );
    const ms = performance.now() - startedAt;
    for (const tally of tallies) {
      tally.add(step.name, error, ms, this.settings.deadlineMs + hangSlackMs);
      this.#watched.get(tally)?.();
    }
  }
}

const named = new Set(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'IDEMPOTENCY_KEY_IN_USE']);

/** What no caller may see, whatever is broken between the processes. */
export const strange = ({ faults, failures }: Tally): string[] => [
  ...faults,
  ...Object.keys(failures).filter((code) => !named.has(code)),
];
