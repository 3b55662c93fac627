import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './instance.js';

/** The clock of the wall, for processes with `environment`: it can be set while they run. Durations stay as they are. */
export class FakeClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'clock-'));
  readonly #offset = join(this.#folder, 'offset');

  /** `library`: path of libfaketime. */
  constructor(private readonly library: string) {
    this.set(0);
  }

  get environment(): Environment {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.#offset,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** From now on so many hours before or after the real time. */
  set(hours: number): void {
    writeFileSync(this.#offset, `${hours < 0 ? '' : '+'}${hours}h\n`);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
