import { setTimeout as after } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ServiceUnavailable } from '../../../contract/built-in-failures.js';
import { DEMO_ADMIN } from '../../../platform/config/security-variables.js';
import { UpkeepLog } from '../../../platform/observability/upkeep-log.js';
import type { Clock } from '../../../ports/clock.js';
import type { AdministratorCredentials, BootstrapAdministrator } from '../application/bootstrap-administrator.js';
import type { Sessions } from '../application/sessions.js';
import type { SettleAccounts } from '../application/settle-accounts.js';

const INTERVAL_MS = 60_000;
/** The service of the profiles may start later than this one: the first retry, doubled for each up to the last. */
const ADMINISTRATOR_RETRY_MS = { first: 1_000, last: 8_000 };
/** It may also hang, and this one has more to serve. */
const START_PATIENCE_MS = 2_000;

/** Keeps the accounts in order: at the start of the process and every minute. What fails is tried again the next time. */
export class AccountUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Accounts');
  readonly #log = new UpkeepLog('Accounts', this.#logger);
  #isAnnounced = false;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = ADMINISTRATOR_RETRY_MS.first;
  #running: Promise<void> | undefined;

  constructor(
    private readonly bootstrapAdministrator: BootstrapAdministrator,
    private readonly settleAccounts: SettleAccounts,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly administrator: AdministratorCredentials | undefined,
    private readonly patienceMs = START_PATIENCE_MS,
  ) {}

  /** Resolves when the administrator can sign in, or could not be made soon. */
  async onApplicationBootstrap(): Promise<void> {
    this.#timer = setInterval(() => this.#start(), INTERVAL_MS).unref();
    const patience = new AbortController();
    const enough = after(this.patienceMs, undefined, patience).catch(() => undefined);
    await Promise.race([this.#start(), enough]);
    patience.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    await this.#running;
  }

  /** Resolves when the administrator was seen to. */
  async #start(): Promise<void> {
    if (this.#running) return;
    const administrator = this.#ensureAdministrator();
    this.#running = administrator
      .then(() => this.#tidyUp())
      .finally(() => {
        this.#running = undefined;
      });
    await administrator;
  }

  async #tidyUp(): Promise<void> {
    await this.#attempt('The demo administrator was not looked for', () => this.#announceDemo());
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
    this.#retry = setTimeout(() => this.#start(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, ADMINISTRATOR_RETRY_MS.last);
  }

  /** A password that everyone knows is printed, once it is known to hold; no other. */
  async #announceDemo(): Promise<void> {
    const { email, password } = DEMO_ADMIN;
    const isDemo = this.administrator?.email === email && this.administrator.password === password;
    if (!isDemo || this.#isAnnounced) return;
    this.#isAnnounced = await this.bootstrapAdministrator.canSignIn(DEMO_ADMIN);
    if (this.#isAnnounced)
      this.#logger.log(`The administrator is ${email} with password ${password} (development only)`);
  }

  /** What went wrong, if anything did. */
  async #attempt(fault: string, work: () => Promise<void>): Promise<unknown> {
    try {
      await work();
      this.#log.succeeded(fault);
      return undefined;
    } catch (error) {
      this.#log.failed(fault, error);
      return error;
    }
  }
}
