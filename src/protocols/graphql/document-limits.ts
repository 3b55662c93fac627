import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { GraphqlLimits } from './graphql-limits.js';
import { InvalidDocument } from './graphql-request.js';

type Measure = Pick<GraphqlLimits, 'depth' | 'aliases' | 'directives' | 'cost'>;

const phrases: Readonly<Record<keyof Measure, (measured: number) => string>> = {
  depth: (levels) => `a depth of ${levels}`,
  aliases: (count) => `${count} aliases`,
  directives: (count) => `${count} directives`,
  cost: (cost) => `a cost of ${cost}`,
};
const measures = Object.keys(phrases) as (keyof Measure)[];

const none: Measure = { depth: 0, aliases: 0, directives: 0, cost: 0 };
const scalarCost = 1;
/** Clients add it everywhere: neither an alias nor a level. */
const typeName: Measure = { ...none, cost: scalarCost };
const objectCost = 2;
const levelFactor = 1.5;

class Measuring {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Measure>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  selections({ selections }: SelectionSetNode): Measure {
    let { depth, aliases, directives, cost } = none;
    for (const node of selections) {
      const inner = this.#selection(node);
      depth = Math.max(depth, inner.depth);
      aliases += inner.aliases;
      directives += inner.directives + (node.directives?.length ?? 0);
      cost += inner.cost;
    }
    return { depth, aliases, directives, cost };
  }

  #selection(node: SelectionNode): Measure {
    if (node.kind === Kind.INLINE_FRAGMENT) return this.selections(node.selectionSet);
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(node.name.value);
    if (node.name.value === '__typename') return typeName;
    if (node.name.value.startsWith('__')) return none;
    const aliases = node.alias ? 1 : 0;
    if (!node.selectionSet) return { depth: 1, aliases, directives: 0, cost: scalarCost };
    const inner = this.selections(node.selectionSet);
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + aliases,
      directives: inner.directives,
      cost: objectCost + levelFactor * inner.cost,
    };
  }

  /** Cached, because nested spreads grow exponentially. Validation rejects cycles. */
  #fragment(name: string): Measure {
    const known = this.#measured.get(name);
    if (known) return known;
    this.#measured.set(name, none);
    const fragment = this.#fragments.get(name);
    const measure = fragment ? this.selections(fragment.selectionSet) : none;
    this.#measured.set(name, measure);
    return measure;
  }
}

export function checkDocument(document: DocumentNode, limits: GraphqlLimits): void {
  const times = repetitions(document);
  if (times > limits.repetitions) {
    throw new InvalidDocument({ detail: `The query has one field ${times} times, the limit is ${limits.repetitions}` });
  }
  for (const measure of measured(document)) {
    const beyond = measures.find((name) => measure[name] > limits[name]);
    if (beyond) {
      throw new InvalidDocument({
        detail: `The query has ${phrases[beyond](measure[beyond])}, the limit is ${limits[beyond]}`,
      });
    }
  }
}

export const costOf = (document: DocumentNode): number => Math.max(...measured(document).map(({ cost }) => cost));

function repetitions(document: DocumentNode): number {
  const times = new Map<string, number>();
  const count = ({ alias, name, selectionSet }: FieldNode) => {
    const { value } = alias ?? name;
    if (selectionSet) times.set(value, (times.get(value) ?? 0) + 1);
  };
  visit(document, { Field: count });
  return Math.max(0, ...times.values());
}

function measured(document: DocumentNode): readonly Measure[] {
  const measuring = new Measuring(document);
  return document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [measuring.selections(node.selectionSet)] : [],
  );
}
