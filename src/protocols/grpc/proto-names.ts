import type { OperationDescriptor } from '../../contract/module.js';
import type { Field, Shape } from '../../contract/shape.js';
import { lowerFirst, snakeCase, upperSnakeCase } from '../../contract/wire-names.js';

/** `UserSort`, `EMAIL_ASC` -> `USER_SORT_EMAIL_ASC`. */
export const enumValueName = (enumName: string, value: string): string => `${upperSnakeCase(enumName)}_${value}`;

/** Known to services only. */
export const isInternal = (packageName: string): boolean => packageName.includes('.internal.');

export const responseName = ({ name }: OperationDescriptor): string => `${name}Response`;

/** The fields of the response: the view in one of its name, those of a page, or none. */
export function responseFields({ output }: OperationDescriptor): readonly Field[] {
  if (!output) return [];
  if (output.page) return output.fields;
  const name = lowerFirst(output.name);
  return [{ name, wire: snakeCase(name), shape: output, optional: false, secret: false }];
}

export const timestampType = 'google.protobuf.Timestamp';

/** The protobuf scalar of a leaf; undefined for what has a message or an enum. */
export function scalarName(type: Shape['type']): string | undefined {
  switch (type) {
    case 'text':
    case 'id':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'int32':
    case 'int64':
    case 'double':
      return type;
    default:
      return undefined;
  }
}
