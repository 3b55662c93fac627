/** Never runs twice at once, and does not keep the process alive. */
export class RepeatedTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly work: () => unknown,
    private readonly intervalMs: number,
  ) {}

  /** First run after one interval. */
  start(): void {
    this.#timer ??= setInterval(() => void this.run(), this.intervalMs).unref();
  }

  /** Runs now, or joins the current run. Rejects with what the work throws. */
  run(): Promise<unknown> {
    this.#running ??= Promise.try(this.work).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
