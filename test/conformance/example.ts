import type { Issue } from '../../src/contract/failure.js';
import type { World } from './world.js';

/** A call that is ready to be made. */
export interface Arranged {
  /** As TypeScript has it. */
  readonly input: object;
  /** Absent for a caller who has not signed in. */
  readonly token?: string;
  /** Calls under the authority of another service: for internal operations. */
  readonly serviceToken?: string;
}

export interface ArrangedSuccess extends Arranged {
  /** The value, with matchers for what is made by the handler; undefined for an empty output. */
  readonly gives: unknown;
  /** The token of the same caller for a repetition, where the call takes its own away. */
  readonly repeatToken?: string;
}

export type Arrange<T = Arranged> = (world: World) => Promise<T>;

export interface InvalidInput {
  readonly input: object;
  /** All of them, in any order. */
  readonly issues: readonly Issue[];
}

/** Why no caller can get there today. */
export class Unreachable {
  constructor(readonly reason: string) {}
}

/** How to bring one operation to each of its outcomes. Everything else follows from its declaration. */
export interface OperationExample {
  /** Asked for again for every call of a command. */
  readonly success: Arrange<ArrangedSuccess>;
  /** Inputs that every wire can carry and the schema refuses; none only where there is nothing to refuse. */
  readonly invalid: readonly InvalidInput[];
  /** For operations with `can(…)`: somebody signed in who may not. */
  readonly forbidden?: Arrange | Unreachable;
  /** By code, for every failure that the operation declares. */
  readonly failures?: Readonly<Record<string, Arrange | Unreachable>>;
}
