import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { timestampOf } from '../../../contract/values.js';
import { RevocationLog } from '../../../ports/revocations.js';
import { ListRevocations } from '../contract/index.js';

@QueryHandler(ListRevocations)
export class ListRevocationsHandler implements Handles<ListRevocations> {
  constructor(private readonly log: RevocationLog) {}

  async execute({ input: { after, limit } }: ListRevocations) {
    const entries = await this.log.after(after, limit);
    return {
      revocations: entries.map(({ sequence, subject, revokedAt, expiresAt, isSettled }) => ({
        sequence,
        subject,
        revokedAt: timestampOf(new Date(revokedAt)),
        expiresAt: timestampOf(new Date(expiresAt * 1000)),
        settled: isSettled,
      })),
    };
  }
}
