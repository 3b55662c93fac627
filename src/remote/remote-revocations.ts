import { PolledRevocations, type PolledRevocationsOptions } from '../platform/security/polled-revocations.js';
import type { RevocationEntry } from '../ports/revocations.js';

/** The other service may start a little later. */
const UNANSWERED_POLLS = 5;

type ReadLog = (after: number, limit: number) => Promise<readonly RevocationEntry[]>;

/**
 * Revocations of the service that ends sessions. While it cannot be asked nothing new is learnt: access tokens are
 * short-lived, and a gateway that refused everybody would make one service the life of all.
 */
export class RemoteRevocations extends PolledRevocations {
  constructor(
    private readonly readLog: ReadLog,
    options: PolledRevocationsOptions = {},
  ) {
    super({ failuresBeforeLog: UNANSWERED_POLLS, ...options });
  }

  /** Does not wait for the other service. */
  override async onModuleInit(): Promise<void> {
    void this.polling.run();
    this.polling.start();
  }

  override async revoke(): Promise<void> {
    throw new Error('this process ends no sessions: ask the service that does');
  }

  protected override after(sequence: number, limit: number): Promise<readonly RevocationEntry[]> {
    return this.readLog(sequence, limit);
  }
}
