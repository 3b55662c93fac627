import { createMongoAbility, type MongoAbility } from '@casl/ability';
import { type Access, callerId, type Grant } from '../contract/access.js';
import { PermissionDenied, Unauthenticated } from '../contract/built-in-failures.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { RowFilter } from '../ports/current-call.js';
import type { AccessClaims } from './token-verifier.js';

type Conditions = Readonly<Record<string, string | number | boolean>>;

export interface Decision {
  readonly denial?: typeof Unauthenticated | typeof PermissionDenied;
  readonly allows?: (input: object) => boolean;
  readonly onRows?: boolean;
}

export const allowed: Decision = {};

function ifInput(rows: readonly Conditions[]): Decision {
  const alternatives = rows.map((conditions) => Object.entries(conditions));
  const allows = (input: object) =>
    alternatives.some((conditions) => conditions.every(([name, wanted]) => (input as Conditions)[name] === wanted));
  return { allows };
}

export class Principal {
  readonly #decisions = new Map<OperationDescriptor, Decision>();

  constructor(
    /** Key of rate limits and idempotency: `user:<id>`, `service:<name>`, `anonymous`. */
    readonly id: string,
    readonly claims: AccessClaims | undefined,
    readonly isService: boolean,
    private readonly ability: MongoAbility,
  ) {}

  /** Throws Unauthenticated or PermissionDenied when no input could make the call legal. */
  authorize(operation: OperationDescriptor): Decision {
    const decision = this.#decisions.getOrInsertComputed(operation, this.#decide);
    if (decision.denial) throw new decision.denial();
    return decision;
  }

  get isAnonymous(): boolean {
    return this.claims === undefined && !this.isService;
  }

  rows(action: string, subject: string): RowFilter {
    if (this.isService) return 'all';
    const rules = this.ability.rulesFor(action, subject);
    return rules.some((rule) => !rule.conditions) ? 'all' : rules.map((rule) => rule.conditions as Conditions);
  }

  rowsFor(access: Access): RowFilter {
    if (access.type === 'anyone' || this.isService) return 'all';
    if (access.type === 'can') return this.rows(access.action, access.subject);
    return access.type === 'authenticated' && this.claims !== undefined ? 'all' : [];
  }

  readonly #decide = ({ spec: { access }, input }: OperationDescriptor): Decision => {
    const rows = this.rowsFor(access);
    if (rows === 'all') return allowed;
    if (rows.length === 0) {
      const mightSignIn = this.isAnonymous && access.type !== 'internal';
      return { denial: mightSignIn ? Unauthenticated : PermissionDenied };
    }
    const inputNames = new Set(input.fields.map((field) => field.name));
    const onInput = rows.every((conditions) => Object.keys(conditions).every((name) => inputNames.has(name)));
    return onInput ? ifInput(rows) : { onRows: true };
  };
}

const ruleFor =
  (userId: string) =>
  ({ actions, subject, conditions }: Grant) => ({
    action: [...actions],
    subject,
    ...(conditions && {
      conditions: Object.fromEntries(
        Object.entries(conditions).map(([name, value]) => [name, value === callerId ? userId : value]),
      ),
    }),
  });

const newService = (name: string): Principal => new Principal(`service:${name}`, undefined, true, createMongoAbility());

export class Principals {
  readonly anonymous = new Principal('anonymous', undefined, false, createMongoAbility());
  readonly #users = new WeakMap<AccessClaims, Principal>();
  readonly #services = new Map<string, Principal>();

  constructor(private readonly grants: readonly Grant[]) {}

  user(claims: AccessClaims): Principal {
    return this.#users.getOrInsertComputed(claims, this.#newUser);
  }

  service(name: string): Principal {
    return this.#services.getOrInsertComputed(name, newService);
  }

  readonly #newUser = (claims: AccessClaims): Principal => {
    const rules = this.grants.filter((grant) => grant.role === claims.role).map(ruleFor(claims.sub));
    return new Principal(`user:${claims.sub}`, claims, false, createMongoAbility(rules));
  };
}
