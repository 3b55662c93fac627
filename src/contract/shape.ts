import { z } from 'zod';

export type Shape = ScalarShape | EnumShape | ObjectShape | ListShape | MapShape;

export type ScalarType = 'text' | 'id' | 'timestamp' | 'boolean' | 'int32' | 'int64' | 'double';

export interface ScalarShape {
  readonly type: ScalarType;
  readonly schema: z.ZodType;
}

export interface EnumShape {
  readonly type: 'enum';
  readonly name: string;
  readonly values: readonly string[];
}

export interface ListShape {
  readonly type: 'list';
  readonly item: ScalarShape | EnumShape | ObjectShape;
  readonly schema: z.ZodType;
}

export interface MapShape {
  readonly type: 'map';
  readonly value: ScalarShape | EnumShape | ObjectShape;
  readonly schema: z.ZodType;
}

export interface Field {
  readonly name: string;
  readonly wire: string;
  readonly shape: Shape;
  readonly optional: boolean;
  readonly default?: unknown;
  readonly secret: boolean;
  readonly description?: string;
}

export interface ObjectShape {
  readonly type: 'object';
  readonly name: string;
  readonly fields: readonly Field[];
  readonly oneOf: boolean;
  readonly page: boolean;
  /** JSON Schema, in wire names, of invalid combinations of valid fields. */
  readonly not?: unknown;
  readonly description?: string;
}

export type FoldedField<T> = Field & { readonly inner: T };

/** One case per kind of shape, given the results for its inner shapes. */
export interface ShapeCases<T> {
  leaf(shape: ScalarShape | EnumShape): T;
  list(item: T, shape: ListShape): T;
  map(value: T, shape: MapShape): T;
  object(fields: readonly FoldedField<T>[], shape: ObjectShape): T;
}

/** The only recursion over shapes: codecs, documents and checks are tables of cases. */
export function fold<T>(cases: ShapeCases<T>): (shape: Shape) => T {
  const visit = (shape: Shape): T => {
    switch (shape.type) {
      case 'object':
        return cases.object(foldFields(visit, shape), shape);
      case 'list':
        return cases.list(visit(shape.item), shape);
      case 'map':
        return cases.map(visit(shape.value), shape);
      default:
        return cases.leaf(shape);
    }
  };
  return visit;
}

export const foldFields = <T>(visit: (shape: Shape) => T, { fields }: ObjectShape): FoldedField<T>[] =>
  fields.map((field) => ({ ...field, inner: visit(field.shape) }));

export const listBounds = ({ schema }: ListShape): { readonly minItems?: number; readonly maxItems?: number } =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });

/** An empty list that may be empty need not be sent. */
export const emptyIsEnough = (shape: Shape): boolean =>
  shape.type === 'map' || (shape.type === 'list' && !listBounds(shape).minItems);
