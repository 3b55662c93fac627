import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cancelled } from '../../../../src/contract/built-in-failures.js';
import { Login } from '../../../../src/modules/auth/contract/index.js';
import type { Account } from '../../../../src/modules/auth/domain/account.js';
import { AccountEmails } from '../../../../src/modules/users/application/account-emails.js';
import { GetMe, UpdateUser } from '../../../../src/modules/users/contract/index.js';
import type { User } from '../../../../src/modules/users/domain/user.js';
import { MemoryAccounts } from '../../../memory/memory-accounts.repository.js';
import { MemoryUsers } from '../../../memory/memory-users.repository.js';
import { memoryAdapters } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';

type Step = 'the profile is changed' | 'the account is changed';

describe('changing an address, when the caller goes away', () => {
  let app: ModulesApplication;
  let reach: (step: Step) => void;
  beforeEach(async () => {
    reach = () => undefined;
    class CutUsers extends MemoryUsers {
      override async lock(id: string): Promise<User | undefined> {
        reach('the profile is changed');
        return super.lock(id);
      }
    }
    class CutAccounts extends MemoryAccounts {
      override async lock(userId: string): Promise<Account | undefined> {
        reach('the account is changed');
        return super.lock(userId);
      }
    }
    const adapters = { ...(await memoryAdapters()), users: new CutUsers(), accounts: new CutAccounts() };
    app = await createModulesApplication({ adapters });
  });
  afterEach(() => app?.close());

  const cutShort = async (step: Step, message: UpdateUser, token: string) => {
    const caller = new AbortController();
    reach = (reached) => {
      if (reached !== step) return;
      caller.abort();
      throw new Cancelled();
    };
    await expect(app.call(message, { token, signal: caller.signal })).rejects.toThrow(Cancelled);
    reach = () => undefined;
  };

  test.each<Step>(['the profile is changed', 'the account is changed'])(
    'before %s, ends with an account that signs in with the address of the profile',
    async (step) => {
      const { token, user } = await app.register();
      await cutShort(step, new UpdateUser({ id: user.id, email: freshEmail(), clear: [] }), token);
      await app.specimen.get(AccountEmails).settle();
      const { email } = await app.call(new GetMe(), { token });
      expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
    },
  );
});
