import { Injectable } from '@nestjs/common';
import type { Session as SessionRow } from '../../../platform/database/generated/client.js';
import { PrismaDatabase } from '../../../platform/database/prisma-database.js';
import { Sessions } from '../application/sessions.js';
import { Session } from '../domain/session.js';

@Injectable()
export class PrismaSessions extends Sessions {
  constructor(private readonly database: PrismaDatabase) {
    super();
  }

  override async find(id: string): Promise<Session | undefined> {
    const row = await this.database.client.session.findUnique({ where: { id } });
    return row ? fromRow(row) : undefined;
  }

  override async add(session: Session): Promise<void> {
    await this.database.client.session.createMany({ data: [toRow(session)] });
  }

  override async replace(session: Session, tokenHash: string): Promise<boolean> {
    const { id, ...data } = toRow(session);
    const where = { id, tokenHash: bytes(tokenHash) };
    const { count } = await this.database.client.session.updateMany({ where, data });
    return count === 1;
  }

  override async remove(id: string): Promise<void> {
    await this.database.client.session.deleteMany({ where: { id } });
  }

  override async idsOf(userId: string): Promise<readonly string[]> {
    const rows = await this.database.client.session.findMany({ where: { userId }, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  override async removeAllOf(userId: string): Promise<readonly string[]> {
    const sql = 'delete from sessions where user_id = $1::uuid returning id';
    const rows = await this.database.query<Pick<SessionRow, 'id'>>(sql, [userId]);
    return rows.map(({ id }) => id);
  }

  override async removeExpired(now: Date): Promise<void> {
    await this.database.client.session.deleteMany({ where: { expiresAt: { lte: now } } });
  }
}

const bytes = (base64url: string) => Buffer.from(base64url, 'base64url');
const text = (hash: Uint8Array) => Buffer.from(hash).toString('base64url');

const fromRow = ({ tokenHash, previousTokenHash, rotatedAt, ...row }: SessionRow): Session =>
  new Session({
    ...row,
    tokenHash: text(tokenHash),
    previousTokenHash: previousTokenHash ? text(previousTokenHash) : undefined,
    rotatedAt: rotatedAt ?? undefined,
  });

const toRow = ({ tokenHash, previousTokenHash, rotatedAt, ...session }: Session): SessionRow => ({
  ...(session as Omit<Session, 'tokenHash' | 'previousTokenHash' | 'rotatedAt'>),
  tokenHash: bytes(tokenHash),
  previousTokenHash: previousTokenHash === undefined ? null : bytes(previousTokenHash),
  rotatedAt: rotatedAt ?? null,
});
