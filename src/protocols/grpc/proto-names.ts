import type { OperationDescriptor } from '../../contract/module.js';
import type { Field } from '../../contract/shape.js';
import { lowerFirst, snakeCase, upperSnakeCase } from '../../contract/wire-names.js';

/** `UserSort`, `EMAIL_ASC` -> `USER_SORT_EMAIL_ASC`. */
export const enumValueName = (enumName: string, value: string): string => `${upperSnakeCase(enumName)}_${value}`;

export const isInternal = (packageName: string): boolean => packageName.includes('.internal.');

export const responseName = ({ name }: OperationDescriptor): string => `${name}Response`;

/** The view in a field of its name, the fields of a page, or none. */
export function responseFields({ output }: OperationDescriptor): readonly Field[] {
  if (!output) return [];
  if (output.page) return output.fields;
  const name = lowerFirst(output.name);
  return [{ name, wire: snakeCase(name), shape: output, optional: false, secret: false }];
}
