import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { AccountEmails } from '../application/account-emails.js';

const INTERVAL_MS = 60_000;

/** Brings accounts after their profiles: at the start of the process and every minute. */
export class AccountEmailUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Users');
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
    } catch (error) {
      this.#logger.warn({ err: error, msg: 'Accounts still have a former address of their user' });
    }
  }
}
