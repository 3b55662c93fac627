interface Credential {
  /** `Bearer …`. */
  readonly authorization: string | undefined;
  /** What holds if this one is refused; absent once it is accepted. */
  former: Credential | undefined;
  isRefused: boolean;
}

/** What becomes of credentials that are in force already. */
export interface Verdict {
  accept(): void;
  refuse(): void;
}

/** Whose calls a connection makes: the last credentials that it gave and that were not refused, however many are being verified. */
export class Credentials {
  #current: Credential;

  constructor(authorization: string | undefined) {
    this.#current = { authorization, former: undefined, isRefused: false };
  }

  get authorization(): string | undefined {
    return this.#current.authorization;
  }

  /** In force at once. */
  replace(authorization: string): Verdict {
    const given: Credential = { authorization, former: this.#current, isRefused: false };
    this.#current = given;
    return {
      accept: () => {
        given.former = undefined;
      },
      refuse: () => {
        given.isRefused = true;
        while (this.#current.isRefused && this.#current.former) this.#current = this.#current.former;
      },
    };
  }
}
