export abstract class UnitOfWork {
  /**
   * Runs `work` in a transaction and commits it, or rolls back what it throws; inside another `run` it joins that one.
   * `work` may run again after a serialization conflict, so it touches nothing but the database.
   * A command runs it at most once and returns what `work` returned: that is what a repeated idempotency key replays.
   * Throws ServiceUnavailable when no connection is free in time and DeadlineExceeded when the deadline passes.
   */
  abstract run<T>(work: () => Promise<T>): Promise<T>;
}
