import type { OperationDescriptor } from '../../src/contract/module.js';
import { type Connectable, drivers, operationsOf } from './drivers/drivers.js';
import { operations } from './product.js';

/** Which operations have all their cases over which of `drivers`. Over the others they only have to succeed. */
export type Selection = (way: Connectable, operation: OperationDescriptor) => boolean;

export const everything: Selection = () => true;

/** Set by the test command alone: the whole table is as long as operations x protocols x cases x topologies. */
const isSampled = process.env.CONFORMANCE === 'sample';

const stride = 4;

/** One in four of the ways to call an operation, at least one; with another `offset` another quarter. */
export const quarter =
  (offset: number): Selection =>
  (way, operation) => {
    const ways = drivers.filter((driver) => operationsOf(driver, [operation]).length > 0);
    return (ways.indexOf(way) + operations.indexOf(operation) + offset) % Math.min(stride, ways.length) === 0;
  };

export const sample = (offset: number): Selection => (isSampled ? quarter(offset) : everything);
