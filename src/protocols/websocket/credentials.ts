interface Credential {
  readonly authorization: string | undefined;
  /** Used again if this one is refused; absent once accepted. */
  former: Credential | undefined;
  isRefused: boolean;
}

export interface Verdict {
  accept(): void;
  refuse(): void;
}

/** The latest credentials that were not refused. Several verifications may run at once. */
export class Credentials {
  #current: Credential;

  constructor(authorization: string | undefined) {
    this.#current = { authorization, former: undefined, isRefused: false };
  }

  get authorization(): string | undefined {
    return this.#current.authorization;
  }

  /** Used immediately, before the result of the verification. */
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
