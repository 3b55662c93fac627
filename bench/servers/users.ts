import { EmailAddress } from '../../src/modules/users/domain/email-address.js';
import { PersonName } from '../../src/modules/users/domain/person-name.js';
import { User } from '../../src/modules/users/domain/user.js';
import { noTenant } from '../../src/pipeline/call-context.js';
import { MemoryUsers } from '../../test/memory/memory-users.repository.js';

export const userId = '01890000-0000-7000-8000-000000000001';

/** The repository that every contender reads, with one user in it. */
export async function usersInMemory(): Promise<MemoryUsers> {
  const users = new MemoryUsers();
  const user = User.create({
    id: userId,
    tenantId: noTenant,
    email: EmailAddress.of('ada@example.com'),
    name: PersonName.of('Ada Lovelace'),
    now: new Date('2026-01-01T00:00:00Z'),
  });
  await users.add(user);
  return users;
}
