/** Where a contender listens and what to ask it for. */
export interface Target {
  /** `http://127.0.0.1:1234`, `127.0.0.1:1234` for gRPC, `ws://…`, `mqtt://…`. */
  readonly url: string;
  /** Of the user, who may read their own profile only. Without `Bearer`. */
  readonly token: string;
  readonly userId: string;
  /** Its other processes that have a part in an answer. */
  readonly processes?: readonly number[];
  /** The process that takes its telemetry, which has none. */
  readonly collector?: number;
}
