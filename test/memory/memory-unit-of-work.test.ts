import { type Counters, unitOfWorkBehaviour } from '../platform/database/unit-of-work.behaviour.js';
import { MemoryIdempotencyLog } from './memory-idempotency-log.js';
import { MemoryStore } from './memory-store.js';
import { MemoryUnitOfWork } from './memory-unit-of-work.js';

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
  return { unitOfWork, log, expired: new MemoryIdempotencyLog(0), counters, close: async () => undefined };
});
