import { PolledRevocations, type PolledRevocationsOptions } from '../platform/security/polled-revocations.js';
import type { RevocationEntry } from '../ports/revocations.js';

const UNANSWERED_POLLS = 5;

type ReadLog = (after: number, limit: number) => Promise<readonly RevocationEntry[]>;

/** Of the service that owns sessions. During its outage there are no new ones: refusing all calls would be worse. */
export class RemoteRevocations extends PolledRevocations {
  constructor(
    private readonly readLog: ReadLog,
    options: PolledRevocationsOptions = {},
  ) {
    super({ failuresBeforeLog: UNANSWERED_POLLS, ...options });
  }

  override async onModuleInit(): Promise<void> {
    void this.polling.run();
    this.polling.start();
  }

  override async revoke(): Promise<void> {
    throw new Error('this process cannot revoke tokens: call an operation of the service that owns the sessions');
  }

  protected override after(sequence: number, limit: number): Promise<readonly RevocationEntry[]> {
    return this.readLog(sequence, limit);
  }
}
