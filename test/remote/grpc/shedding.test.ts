import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { Pressure } from '../../../src/pipeline/pressure.js';
import { ListSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import type { MemoryPressure } from '../../memory/memory-pressure.js';
import { RemoteSpecimens } from './remote-specimens.js';

let remote: RemoteSpecimens;
const ask = () => remote.execute(ListSpecimens, {});

beforeEach(async () => {
  remote = await RemoteSpecimens.start({ resilience: { retry: { attempts: 1 } } });
});
afterEach(() => remote.stop());

test('the caller of an overloaded owner gets its refusal unchanged, with the time to wait', async () => {
  const pressure = remote.owner.get(Pressure) as MemoryPressure;
  pressure.set('event_loop_delay');
  const refused = await ask().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ServiceUnavailable);
  expect(refused).toMatchObject({ message: 'This process has too much to do', retryAfterSeconds: 1 });
  expect(pressure.refused.event_loop_delay).toBe(1);
  pressure.set(undefined);
  expect(await ask()).toHaveProperty('items');
});

test('an overloaded edge refuses before it calls the owner', async () => {
  const edge = remote.edge.get(Pressure) as MemoryPressure;
  edge.set('heap');
  await expect(ask()).rejects.toThrow(ServiceUnavailable);
  expect([edge.refused.heap, remote.owner.pipeline.running]).toEqual([1, 0]);
  expect((remote.owner.get(Pressure) as MemoryPressure).refused.heap).toBe(0);
});
