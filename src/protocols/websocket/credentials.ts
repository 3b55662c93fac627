interface Credential {
  readonly authorization: string | undefined;
  /** In force again if this one is refused; absent once it is accepted. */
  former: Credential | undefined;
  isRefused: boolean;
}

export interface Verdict {
  accept(): void;
  refuse(): void;
}

/** The last credentials of a connection that were not refused. Several may be under verification at once. */
export class Credentials {
  #current: Credential;

  constructor(authorization: string | undefined) {
    this.#current = { authorization, former: undefined, isRefused: false };
  }

  get authorization(): string | undefined {
    return this.#current.authorization;
  }

  /** In force at once, before the verdict. */
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
