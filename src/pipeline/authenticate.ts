import { Injectable } from '@nestjs/common';
import { Unauthenticated } from '../contract/built-in-failures.js';
import type { OperationDescriptor } from '../contract/module.js';
import { Revocations } from '../ports/revocations.js';
import type { CallContext } from './call-context.js';
import { type Principal, Principals } from './principal.js';
import { type AccessClaims, TokenVerifier } from './token-verifier.js';

const bearer = /^bearer +([\x21-\x7e]+) *$/i;

/** The common spelling avoids the regular expression. */
function bearerToken(authorization: string): string | undefined {
  if (authorization.startsWith('Bearer ey')) return authorization.slice(7);
  return bearer.exec(authorization)?.[1];
}

/** The token of the forwarding process is invalid, not that of the caller. */
export class ServiceTokenRefused extends Unauthenticated {}

@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly revocations: Revocations,
    private readonly principals: Principals,
  ) {}

  /** Returns no promise when the token is cached. Throws Unauthenticated. */
  identify(context: CallContext, operation?: OperationDescriptor): void | Promise<void> {
    const principal = this.#authenticate(context, operation?.spec.access.type === 'anyone');
    if (principal instanceof Promise) {
      return principal.then((verified) => {
        context.principal = verified;
      });
    }
    context.principal = principal;
  }

  /** Takes the caller's address from the forwarding process. Throws ServiceTokenRefused. */
  acceptForwarded(context: CallContext): void | Promise<void> {
    const { forwarded } = context.inbound;
    if (!forwarded) return;
    const accept = (): void => {
      context.isForwarded = true;
      context.address = forwarded.address ?? context.address;
    };
    const service = this.#service(forwarded.by);
    if (service instanceof Promise) return service.then(accept);
    accept();
  }

  /** `lenient`: an invalid token counts as absent. Clients that renew a session still send the expired token. */
  #authenticate({ inbound }: CallContext, lenient: boolean): Principal | Promise<Principal> {
    const { authorization, serviceAuthorization } = inbound;
    if (serviceAuthorization !== undefined) return this.#service(serviceAuthorization);
    if (authorization === undefined) return this.principals.anonymous;
    const token = bearerToken(authorization);
    if (token === undefined) return this.#refused(lenient);
    const known = this.tokens.verifyCached(token);
    if (known) return this.#user(known, lenient);
    return this.tokens.verify(token).then(
      (claims) => this.#user(claims, lenient),
      (error: unknown) => {
        if (error instanceof Unauthenticated && lenient) return this.principals.anonymous;
        throw error;
      },
    );
  }

  #user(claims: AccessClaims, lenient: boolean): Principal {
    return this.revocations.isRevoked(claims) ? this.#refused(lenient) : this.principals.user(claims);
  }

  #refused(lenient: boolean): Principal {
    if (lenient) return this.principals.anonymous;
    throw new Unauthenticated();
  }

  #service(token: string): Principal | Promise<Principal> {
    const known = this.tokens.verifyServiceCached(token);
    if (known) return this.principals.service(known.service);
    return this.tokens.verifyService(token).then(
      ({ service }) => this.principals.service(service),
      (error: unknown) => {
        if (!(error instanceof Unauthenticated)) throw error;
        throw new ServiceTokenRefused({ detail: error.message, cause: error });
      },
    );
  }
}
