import type { OperationDescriptor } from './module.js';

export function perOperation<T>(compile: (operation: OperationDescriptor) => T): (operation: OperationDescriptor) => T {
  const compiled = new WeakMap<OperationDescriptor, { readonly value: T }>();
  return (operation) => {
    let known = compiled.get(operation);
    if (!known) {
      known = { value: compile(operation) };
      compiled.set(operation, known);
    }
    return known.value;
  };
}
