import type { Shape } from '../../contract/shape.js';
import type { Guard } from './message-encoder.js';

type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** UTF-8 has no form for a lone surrogate. */
const isText: Test = (value) => typeof value === 'string' && value.isWellFormed();

const isInteger = (value: unknown): value is number => Number.isInteger(value);

/** Of values that a caller made, before anyone has validated them. */
export const wireGuard: Guard = (shape: Shape): Test => {
  switch (shape.type) {
    case 'text':
    case 'id':
      return isText;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'int32':
      return (value) => isInteger(value) && value === (value | 0);
    case 'int64':
      return (value) => isInteger(value) && Math.abs(value) < 2 ** 63;
    case 'double':
      return (value) => typeof value === 'number';
    case 'timestamp':
      return (value) => shape.schema.safeParse(value).success;
    case 'enum':
      return (value) => (shape.values as readonly unknown[]).includes(value);
    case 'list':
      return Array.isArray;
    case 'map':
      return (value) => isObject(value) && Object.keys(value).every(isText);
    case 'object':
      return (value) => isObject(value) && (!shape.oneOf || setFields(value) <= 1);
  }
};

const setFields = (value: object): number => Object.values(value).filter((field) => field !== undefined).length;
