export interface RateWindow {
  count: number;
  readonly endsAt: number;
}

/** Two generations of windows of one length: all of the old one have ended when the next one begins. */
export class RateWindows {
  #young = new Map<string, RateWindow>();
  #old = new Map<string, RateWindow>();
  #generationEndsAt = 0;

  constructor(readonly lengthMs: number) {}

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(key: string, now: number): RateWindow | undefined {
    if (now >= this.#generationEndsAt) this.#nextGeneration(now);
    const window = this.#young.get(key) ?? this.#old.get(key);
    return window !== undefined && window.endsAt > now ? window : undefined;
  }

  open(key: string, now: number, leftMs = this.lengthMs): RateWindow {
    const window = { count: 0, endsAt: now + leftMs };
    this.#young.set(key, window);
    return window;
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  forgetEnded(now: number): void {
    if (now >= this.#generationEndsAt) this.#nextGeneration(now);
  }

  forgetOld(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }

  #nextGeneration(now: number): void {
    const idle = now >= this.#generationEndsAt + this.lengthMs;
    this.forgetOld();
    if (idle) this.#old = new Map();
    this.#generationEndsAt = now + this.lengthMs;
  }
}
