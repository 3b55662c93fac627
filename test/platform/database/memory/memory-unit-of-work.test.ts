import { MemoryIdempotencyLog } from '../../../../src/platform/database/memory/memory-idempotency-log.js';
import { MemoryStore } from '../../../../src/platform/database/memory/memory-store.js';
import { MemoryUnitOfWork } from '../../../../src/platform/database/memory/memory-unit-of-work.js';
import { type Counters, unitOfWorkBehaviour } from '../unit-of-work.behaviour.js';

const store = new MemoryStore<{ name: string; value: number }>({ key: ({ name }) => name });

const counters: Counters = {
  read: async (name) => store.get(name)?.value,
  write: async (name, value) => store.put({ name, value }),
  clear: async () => {
    for (const { name } of store.values()) store.delete(name);
  },
};

unitOfWorkBehaviour('in memory', async () => {
  const log = new MemoryIdempotencyLog();
  const unitOfWork = new MemoryUnitOfWork(log);
  return { unitOfWork, log, forgetful: new MemoryIdempotencyLog(0), counters, close: async () => undefined };
});
