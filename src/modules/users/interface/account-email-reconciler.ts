import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { FailureLog } from '../../../platform/schedule/failure-log.js';
import { RepeatedTask } from '../../../platform/schedule/repeated-task.js';
import { AccountEmails } from '../application/account-emails.js';

const INTERVAL_MS = 60_000;

@Injectable()
export class AccountEmailReconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #failures = new FailureLog(new Logger('Users'));
  readonly #task = new RepeatedTask(
    () =>
      this.#failures.attempt('Accounts still have a former address of their user', () => this.accountEmails.settle()),
    INTERVAL_MS,
  );

  constructor(private readonly accountEmails: AccountEmails) {}

  onApplicationBootstrap(): void {
    this.#task.start();
    void this.#task.run();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#task.stop();
  }
}
