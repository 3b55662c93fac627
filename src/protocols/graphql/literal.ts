import type { ObjectShape, Shape } from '../../contract/shape.js';

/** A preset value as GraphQL writes it: names of fields and enum values stand without quotes. */
export function literal(shape: Shape, value: unknown): string {
  if (shape.type === 'enum') return String(value);
  if (shape.type === 'object') return objectLiteral(shape, value as Record<string, unknown>);
  if (shape.type === 'list') return `[${(value as unknown[]).map((item) => literal(shape.item, item)).join(', ')}]`;
  if (shape.type !== 'map') return JSON.stringify(value);
  const entries = Object.entries(value as Record<string, unknown>);
  return `[${entries.map(([key, element]) => `{ key: ${JSON.stringify(key)}, value: ${literal(shape.value, element)} }`).join(', ')}]`;
}

function objectLiteral({ fields }: ObjectShape, value: Record<string, unknown>): string {
  const given = fields.filter(({ name }) => value[name] !== undefined);
  return `{ ${given.map(({ name, shape }) => `${name}: ${literal(shape, value[name])}`).join(', ')} }`;
}
