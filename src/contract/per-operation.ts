import type { OperationDescriptor } from './module.js';

export function perOperation<T>(compile: (operation: OperationDescriptor) => T): (operation: OperationDescriptor) => T {
  const compiled = new WeakMap<OperationDescriptor, T>();
  return (operation) => compiled.getOrInsertComputed(operation, compile);
}
