import { DeadlineExceeded } from '../../src/contract/built-in-failures.js';
import { type CallContext, currentCall, runInCall } from '../../src/pipeline/call-context.js';
import { type IdempotencyLog, transactOnce } from '../../src/pipeline/idempotency.js';
import { callOrBackground } from '../../src/platform/database/call-or-background.js';
import { UnitOfWork } from '../../src/ports/unit-of-work.js';
import { MemoryTransaction } from './memory-transaction.js';

/** Transactions over memory stores. Of two that change the same, the second to commit runs again. */
export class MemoryUnitOfWork extends UnitOfWork {
  constructor(private readonly log: IdempotencyLog) {
    super();
  }

  override run<T>(work: () => Promise<T>): Promise<T> {
    const call = currentCall();
    if (call?.transaction !== undefined) return work();
    return transactOnce(this.log, call?.idempotency, work, (made) => transact(callOrBackground(), made));
  }
}

async function transact<T>(call: CallContext, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const transaction = new MemoryTransaction();
    try {
      const value = await runInCall({ ...call, transaction }, work);
      if (call.lifetime.deadline <= performance.now()) throw new DeadlineExceeded();
      if (transaction.commit()) return value;
    } finally {
      transaction.end();
    }
  }
}
