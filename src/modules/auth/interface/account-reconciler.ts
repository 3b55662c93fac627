import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ServiceUnavailable } from '../../../contract/built-in-failures.js';
import { Configuration } from '../../../platform/config/configuration.js';
import { DEMO_ADMIN } from '../../../platform/config/security-variables.js';
import { FailureLog } from '../../../platform/schedule/failure-log.js';
import { RepeatedTask } from '../../../platform/schedule/repeated-task.js';
import { Clock } from '../../../ports/clock.js';
import { BootstrapAdministrator } from '../application/bootstrap-administrator.js';
import { Sessions } from '../application/sessions.js';
import { SettleAccounts } from '../application/settle-accounts.js';

const INTERVAL_MS = 60_000;
/** Backoff while the users service is not up yet: doubled from first to last. */
const ADMINISTRATOR_RETRY_MS = { first: 1_000, last: 8_000 };
/** The start waits this long for the administrator: the users service may hang. */
const START_LIMIT_MS = 2_000;

/** At the start and every minute: first administrator, unfinished accounts, expired sessions. */
@Injectable()
export class AccountReconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Accounts');
  readonly #failures = new FailureLog(this.#logger);
  readonly #task = new RepeatedTask(() => this.#reconcile(), INTERVAL_MS);
  readonly #attempted = Promise.withResolvers<void>();
  #isAnnounced = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = ADMINISTRATOR_RETRY_MS.first;

  constructor(
    private readonly bootstrapAdministrator: BootstrapAdministrator,
    private readonly settleAccounts: SettleAccounts,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'bootstrapAdmin'>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#task.start();
    void this.#task.run();
    const limit = setTimeout(this.#attempted.resolve, START_LIMIT_MS);
    await this.#attempted.promise;
    clearTimeout(limit);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#task.stop();
    clearTimeout(this.#retry);
  }

  async #reconcile(): Promise<void> {
    await this.#ensureAdministrator();
    this.#attempted.resolve();
    const failures = this.#failures;
    await failures.attempt('The demo administrator was not looked for', () => this.#announceDemo());
    await failures.attempt('Accounts left behind were not settled', () => this.settleAccounts.run());
    await failures.attempt('Expired sessions were not deleted', () => this.sessions.removeExpired(this.clock.now()));
  }

  async #ensureAdministrator(): Promise<void> {
    const { bootstrapAdmin } = this.configuration;
    if (bootstrapAdmin === undefined) return;
    clearTimeout(this.#retry);
    const error = await this.#failures.attempt(`${bootstrapAdmin.email} could not be made an administrator`, () =>
      this.bootstrapAdministrator.ensure(bootstrapAdmin),
    );
    if (!(error instanceof ServiceUnavailable)) return;
    this.#retry = setTimeout(() => void this.#task.run(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, ADMINISTRATOR_RETRY_MS.last);
  }

  /** Prints a password only if it is the public demo password, and works. */
  async #announceDemo(): Promise<void> {
    const { email, password } = DEMO_ADMIN;
    const { bootstrapAdmin } = this.configuration;
    const isDemo = bootstrapAdmin?.email === email && bootstrapAdmin.password === password;
    if (!isDemo || this.#isAnnounced) return;
    this.#isAnnounced = await this.bootstrapAdministrator.canSignIn(DEMO_ADMIN);
    if (this.#isAnnounced)
      this.#logger.log(`The administrator is ${email} with password ${password} (development only)`);
  }
}
