import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { UpkeepLog } from '../../../platform/observability/upkeep-log.js';
import { AccountEmails } from '../application/account-emails.js';

const INTERVAL_MS = 60_000;
const FAULT = 'Accounts still have a former address of their user';

/** Brings accounts after their profiles: at the start of the process and every minute. */
@Injectable()
export class AccountEmailUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new UpkeepLog('Users');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly accountEmails: AccountEmails) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#start(), INTERVAL_MS).unref();
    this.#start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    try {
      await this.accountEmails.settle();
      this.#log.succeeded(FAULT);
    } catch (error) {
      this.#log.failed(FAULT, error);
    }
  }
}
