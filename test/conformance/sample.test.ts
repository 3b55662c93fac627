import { expect, test } from 'vitest';
import { drivers, operationsOf } from './drivers/drivers.js';
import { operations } from './product.js';
import { quarter } from './sample.js';

const pairs = drivers.flatMap((way) => operationsOf(way, operations).map((operation) => ({ way, operation })));

test.each([0, 2])(
  'the sample %i has all cases of every operation, and of some operation in every protocol',
  (offset) => {
    const selected = pairs.filter(({ way, operation }) => quarter(offset)(way, operation));
    expect([...new Set(selected.map(({ operation }) => operation.id))].sort()).toEqual(
      operations.map(({ id }) => id).sort(),
    );
    expect(new Set(selected.map(({ way }) => way.name))).toEqual(new Set(drivers.map(({ name }) => name)));
  },
);
