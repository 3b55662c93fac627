import protobuf from 'protobufjs';

type Range = readonly [from: number, to: number];

/** What was ever given out in one message or enum. */
export interface LockedNumbers {
  readonly numbers: ReadonlyMap<string, number>;
  readonly reservedRanges: readonly Range[];
  readonly reservedNames: readonly string[];
}

/** Numbers of today, and what must never come back. */
export interface AssignedNumbers {
  readonly numbers: ReadonlyMap<string, number>;
  readonly reservedRanges: readonly Range[];
  readonly reservedNames: readonly string[];
}

const noNumbers: LockedNumbers = { numbers: new Map(), reservedRanges: [], reservedNames: [] };

/** protoc keeps these for itself. */
const implementationRange: Range = [19_000, 19_999];

function locked(
  numbers: Iterable<readonly [string, number]>,
  reserved: readonly (number[] | string)[] | undefined,
): LockedNumbers {
  const entries = reserved ?? [];
  return {
    numbers: new Map(numbers),
    reservedRanges: entries.flatMap((entry) =>
      typeof entry === 'string' ? [] : [[entry[0] ?? 0, entry[1] ?? 0] as const],
    ),
    reservedNames: entries.filter((entry) => typeof entry === 'string'),
  };
}

/** The numbers of the committed files. */
export class ProtoLock {
  readonly #known = new Map<string, LockedNumbers>();

  /** By path; throws on a text that is not protobuf. */
  constructor(committed: ReadonlyMap<string, string>) {
    for (const text of committed.values()) {
      this.#read(protobuf.parse(text, new protobuf.Root(), { keepCase: true }).root);
    }
  }

  of(packageName: string, name: string): LockedNumbers {
    return this.#known.get(`${packageName}.${name}`) ?? noNumbers;
  }

  /** Which of `packages` declares `name`. */
  packageOf(name: string, packages: readonly string[]): string | undefined {
    return packages.find((packageName) => this.#known.has(`${packageName}.${name}`));
  }

  #read(namespace: protobuf.NamespaceBase): void {
    for (const nested of namespace.nestedArray) {
      const name = nested.fullName.slice(1);
      if (nested instanceof protobuf.Enum) {
        this.#known.set(name, locked(Object.entries(nested.values), nested.reserved));
      } else if (nested instanceof protobuf.Type) {
        this.#known.set(
          name,
          locked(
            nested.fieldsArray.map((field) => [field.name, field.id]),
            nested.reserved,
          ),
        );
      } else if (nested instanceof protobuf.Namespace) this.#read(nested);
    }
  }
}

/** Known names keep their number, new ones get the next that was never used, those gone are reserved. */
export function assignNumbers(names: readonly string[], past: LockedNumbers): AssignedNumbers {
  const gone = [...past.numbers].filter(([name]) => !names.includes(name));
  const reservedRanges = [...past.reservedRanges, ...gone.map(([, number]) => [number, number] as const)];
  let last = Math.max(0, ...past.numbers.values(), ...past.reservedRanges.map(([, to]) => to));
  const next = (): number => {
    last = last + 1 === implementationRange[0] ? implementationRange[1] + 1 : last + 1;
    return last;
  };
  return {
    numbers: new Map(names.map((name) => [name, past.numbers.get(name) ?? next()])),
    reservedRanges: reservedRanges.sort(([one], [other]) => one - other),
    reservedNames: [
      ...past.reservedNames.filter((name) => !names.includes(name)),
      ...gone.map(([name]) => name),
    ].sort(),
  };
}
