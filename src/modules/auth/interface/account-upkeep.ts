import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ServiceUnavailable } from '../../../contract/built-in-failures.js';
import type { Clock } from '../../../ports/clock.js';
import type { AdministratorCredentials, BootstrapAdministrator } from '../application/bootstrap-administrator.js';
import type { Sessions } from '../application/sessions.js';
import type { SettleAccounts } from '../application/settle-accounts.js';

const INTERVAL_MS = 60_000;
/** The service of the profiles may start later than this one. */
const ADMINISTRATOR_RETRY_MS = 1_000;

/** Keeps the accounts in order: at the start of the process and every minute. What fails is tried again the next time. */
export class AccountUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Accounts');
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly bootstrapAdministrator: BootstrapAdministrator,
    private readonly settleAccounts: SettleAccounts,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly administrator: AdministratorCredentials | undefined,
  ) {}

  /** Resolves when the administrator can sign in, or could not be made. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#ensureAdministrator();
    this.#timer = setInterval(() => this.#start(), INTERVAL_MS).unref();
    this.#start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    await this.#ensureAdministrator();
    await this.#attempt('Accounts left behind were not settled', () => this.settleAccounts.run());
    await this.#attempt('Expired sessions were not deleted', () => this.sessions.removeExpired(this.clock.now()));
  }

  async #ensureAdministrator(): Promise<void> {
    const { administrator } = this;
    if (administrator === undefined) return;
    const fault = `${administrator.email} could not be made an administrator`;
    clearTimeout(this.#retry);
    const error = await this.#attempt(fault, () => this.bootstrapAdministrator.ensure(administrator));
    if (!(error instanceof ServiceUnavailable)) return;
    this.#retry = setTimeout(() => this.#start(), ADMINISTRATOR_RETRY_MS).unref();
  }

  /** What went wrong, if anything did. */
  async #attempt(fault: string, work: () => Promise<void>): Promise<unknown> {
    try {
      await work();
      return undefined;
    } catch (error) {
      this.#logger.warn({ err: error, msg: fault });
      return error;
    }
  }
}
