import type { Grant } from '../contract/access.js';
import * as builtInFailures from '../contract/built-in-failures.js';
import type { FailureClass } from '../contract/failure.js';
import type { ModuleContract, OperationDescriptor } from '../contract/module.js';
import type { Protocol } from '../contract/operation.js';
import type { Relation } from '../contract/relation.js';

export interface Placement {
  readonly serves: readonly ModuleContract[];
  readonly runs: readonly ModuleContract[];
}

export class OperationRegistry {
  /** `operations`: callable in this process; `known`: those of all modules. */
  readonly operations: readonly OperationDescriptor[];
  readonly handledHere: readonly OperationDescriptor[];
  readonly known: readonly OperationDescriptor[];
  readonly grants: readonly Grant[];
  readonly relations: readonly Relation[];
  readonly failures: ReadonlyMap<string, FailureClass>;
  readonly #modulesHere: ReadonlySet<string>;

  /** Throws one Error that names every invalid operation. */
  constructor(
    readonly modules: readonly ModuleContract[],
    { serves, runs }: Placement = { serves: modules, runs: modules },
  ) {
    this.known = operationsOf(modules);
    this.operations = operationsOf(serves);
    this.handledHere = operationsOf(runs);
    this.#modulesHere = new Set(runs.map(({ name }) => name));
    this.grants = modules.flatMap((module) => module.grants);
    this.relations = modules.flatMap((module) => module.relations);
    const problems = [...this.#withoutAccess(), ...this.#clashes()];
    if (problems.length > 0) throw new Error(`These contracts cannot be served:\n  ${problems.join('\n  ')}`);
    this.failures = this.#collectFailures();
  }

  served(protocol: Protocol): readonly OperationDescriptor[] {
    return this.operations.filter((operation) => operation.protocols.includes(protocol));
  }

  runs({ module }: OperationDescriptor): boolean {
    return this.#modulesHere.has(module);
  }

  #withoutAccess(): string[] {
    return this.known
      .filter((operation) => !operation.spec.access)
      .map((operation) => `${operation.id} has no access policy: declare anyone, authenticated, can(…) or internal`);
  }

  #clashes(): string[] {
    const owners = new Map<string, OperationDescriptor>();
    return this.known.flatMap((operation) =>
      namesOf(operation).flatMap((name) => {
        const owner = owners.getOrInsert(name, operation);
        return owner === operation ? [] : [`${operation.id} and ${owner.id} have the same wire name: ${name}`];
      }),
    );
  }

  #collectFailures(): ReadonlyMap<string, FailureClass> {
    const failures = new Map<string, FailureClass>();
    const declared = [...Object.values(builtInFailures), ...this.known.flatMap(({ spec }) => spec.errors ?? [])];
    for (const failure of declared) {
      if (failures.getOrInsert(failure.code, failure) !== failure)
        throw new Error(`the failure code ${failure.code} is declared by two classes`);
    }
    return failures;
  }
}

const operationsOf = (modules: readonly ModuleContract[]): readonly OperationDescriptor[] =>
  modules.flatMap((module) => module.operations);

function namesOf({ wire, protocols, kind, output }: OperationDescriptor): string[] {
  const root = kind === 'query' ? 'query' : 'mutation';
  const names: Partial<Record<Protocol, string[]>> = {
    rest: wire.rest ? [`${wire.rest.method} ${wire.rest.path.replaceAll(/:\w+/g, ':')}`] : [],
    graphql: [`${root} { ${wire.graphql} }`, ...(output?.page ? [`${root} { ${wire.graphql}Page }`] : [])],
    grpc: [`gRPC ${wire.grpc.path}`],
    websocket: [`WebSocket ${wire.websocket}`],
    mqtt: [`MQTT ${wire.mqtt}`],
  };
  return protocols.flatMap((protocol) => names[protocol] ?? []);
}
