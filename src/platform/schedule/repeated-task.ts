/** Work that is done again and again, and never twice at once. It keeps no process running. */
export class RepeatedTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly work: () => unknown,
    private readonly intervalMs: number,
  ) {}

  /** The first run begins after one interval. */
  start(): void {
    this.#timer ??= setInterval(() => void this.run(), this.intervalMs).unref();
  }

  /** Runs it now, or joins the run under way; rejects with what the work throws. */
  run(): Promise<unknown> {
    this.#running ??= Promise.try(this.work).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when the run under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
