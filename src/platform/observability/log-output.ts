import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { family, type MetricFamily } from './metric-family.js';

/** Beyond these unread bytes, lines are dropped. */
const waitingBytes = 1024 * 1024;
const flushMs = 1_000;

/** A slow or closed reader loses lines, and blocks nothing. */
class LogOutput {
  #dropped = 0;
  #reported = 0;
  #isGone = false;

  constructor() {
    // without a listener the end of a terminal would end the process
    process.stderr.on('error', () => undefined);
    process.stdout.on('error', () => {
      this.#isGone = true;
    });
    process.stdout.on('drain', () => this.#report());
  }

  write(line: string): void {
    if (this.#isGone || process.stdout.writableLength > waitingBytes) this.#dropped += 1;
    else process.stdout.write(line);
  }

  families(): readonly MetricFamily[] {
    return [family('log_lines_dropped_total', 'Lines that were not read in time.', [[{}, this.#dropped]])];
  }

  async flush(): Promise<void> {
    if (process.stdout.writableLength === 0 || this.#isGone) return;
    await Promise.race([once(process.stdout, 'drain'), after(flushMs)]);
  }

  #report(): void {
    const dropped = this.#dropped - this.#reported;
    this.#reported = this.#dropped;
    if (dropped > 0) new Logger('Log').warn(`${dropped} lines of the log were dropped: they were not read in time`);
  }
}

export const logOutput = new LogOutput();
