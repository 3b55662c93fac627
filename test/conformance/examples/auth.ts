import { expect } from 'vitest';
import type { OperationExample } from '../example.js';
import type { Member } from '../world.js';
import { aMoment, anId, aToken, noEmail, noUserId, somebodyElse, tooLong, tooShort, wrongPage } from './values.js';

const credentials = { token: aToken, refreshToken: aToken, expiresAt: aMoment };
const accountOf = ({ id, email }: Member) => ({ userId: id, email, role: 'USER', disabled: false, createdAt: aMoment });

export const auth: Readonly<Record<string, OperationExample>> = {
  'auth.register': {
    success: async ({ newEmail }) => {
      const user = { email: newEmail(), name: 'Ada Lovelace' };
      const gives = { ...credentials, user: { id: anId, ...user, createdAt: aMoment, updatedAt: aMoment } };
      return { input: { ...user, password: 'correct horse battery' }, gives };
    },
    invalid: [
      {
        input: { email: 'ada', password: 'short' },
        issues: [noEmail, tooShort('/password', 8)],
      },
      { input: { email: 'a@b-.com', password: 'correct horse battery' }, issues: [noEmail] },
      {
        input: { email: `${'a'.repeat(65)}@example.com`, password: 'correct horse battery' },
        issues: [noEmail],
      },
    ],
    failures: {
      USER_EMAIL_TAKEN: async ({ member: { email } }) => ({ input: { email, password: 'correct horse battery' } }),
      AUTH_WEAK_PASSWORD: async ({ newEmail }) => ({ input: { email: newEmail(), password: 'password123' } }),
    },
  },
  'auth.login': {
    success: async ({ member: { email, password } }) => ({ input: { email, password }, gives: credentials }),
    invalid: [
      { input: { email: 'ada', password: '' }, issues: [noEmail, tooShort('/password', 1)] },
      { input: { email: 'ada@example.com', password: 'x'.repeat(129) }, issues: [tooLong('/password', 128)] },
    ],
    failures: {
      AUTH_INVALID_CREDENTIALS: async ({ newEmail }) => ({ input: { email: newEmail(), password: 'password123' } }),
      AUTH_ACCOUNT_DISABLED: async (world) => {
        const { email, password } = await world.once('disabled', () => world.newDisabledMember());
        return { input: { email, password } };
      },
      AUTH_TOO_MANY_ATTEMPTS: async (world) => {
        const email = await world.once('locked', async () => {
          const guessed = world.newEmail();
          await world.failToSignIn(guessed, 3);
          return guessed;
        });
        return { input: { email, password: 'password123' } };
      },
    },
  },
  'auth.refreshSession': {
    success: async (world) => {
      const { refreshToken } = await world.signIn();
      return { input: { refreshToken }, gives: credentials };
    },
    invalid: [{ input: { refreshToken: '' }, issues: [tooShort('/refresh_token', 1)] }],
    failures: {
      AUTH_INVALID_REFRESH_TOKEN: async () => ({ input: { refreshToken: 'no such token' } }),
      AUTH_ACCOUNT_DISABLED: async (world) => {
        const { refreshToken } = await world.newDisabledMember();
        return { input: { refreshToken } };
      },
    },
  },
  'auth.logout': {
    success: async (world) => {
      const { token } = await world.signIn();
      return { token, input: {}, gives: undefined, repeatToken: world.member.token };
    },
    invalid: [],
  },
  'auth.listAccounts': {
    success: async (world) => {
      const anEmail = expect.stringContaining('@');
      const [role, disabled] = [expect.stringMatching(/^(USER|ADMIN)$/), expect.any(Boolean)];
      const account = { userId: anId, email: anEmail, role, disabled, createdAt: aMoment };
      const aNumber = expect.any(Number);
      const pageMeta = { page: 1, limit: 1, totalItems: aNumber, totalPages: aNumber };
      return { token: world.adminToken, input: { page: 1, limit: 1 }, gives: { items: [account], pageMeta } };
    },
    invalid: [{ input: { page: 0, limit: 101 }, issues: wrongPage }],
    forbidden: async ({ member: { token } }) => ({ token, input: {} }),
  },
  'auth.changeAccountRole': {
    success: async (world) => {
      const member = await world.newCandidate();
      const input = { userId: member.id, role: 'ADMIN' };
      return { token: world.adminToken, input, gives: { ...accountOf(member), role: 'ADMIN' } };
    },
    invalid: [{ input: { userId: 'x', role: 'USER' }, issues: [noUserId] }],
    forbidden: async ({ member: { id, token } }) => ({ token, input: { userId: id, role: 'ADMIN' } }),
    failures: {
      AUTH_ACCOUNT_NOT_FOUND: async ({ adminToken: token }) => ({
        token,
        input: { userId: somebodyElse, role: 'USER' },
      }),
      AUTH_LAST_ADMINISTRATOR: async (world) => {
        await world.dismissAdministrators();
        return { token: world.adminToken, input: { userId: world.adminId, role: 'USER' } };
      },
    },
  },
  'auth.disableAccount': {
    success: async (world) => {
      const member = await world.newMember();
      const gives = { ...accountOf(member), disabled: true };
      return { token: world.adminToken, input: { userId: member.id }, gives };
    },
    invalid: [{ input: { userId: 'x' }, issues: [noUserId] }],
    forbidden: async ({ member: { id, token } }) => ({ token, input: { userId: id } }),
    failures: {
      AUTH_ACCOUNT_NOT_FOUND: async ({ adminToken: token }) => ({ token, input: { userId: somebodyElse } }),
      AUTH_LAST_ADMINISTRATOR: async (world) => {
        await world.dismissAdministrators();
        return { token: world.adminToken, input: { userId: world.adminId } };
      },
    },
  },
  'auth.enableAccount': {
    success: async (world) => {
      const member = await world.newDisabledMember();
      return { token: world.adminToken, input: { userId: member.id }, gives: accountOf(member) };
    },
    invalid: [{ input: { userId: 'x' }, issues: [noUserId] }],
    forbidden: async ({ member: { id, token } }) => ({ token, input: { userId: id } }),
    failures: {
      AUTH_ACCOUNT_NOT_FOUND: async ({ adminToken: token }) => ({ token, input: { userId: somebodyElse } }),
    },
  },
  'auth.closeAccount': {
    success: async ({ serviceToken }) => ({
      serviceToken: await serviceToken(),
      input: { userId: crypto.randomUUID() },
      gives: undefined,
    }),
    invalid: [{ input: { userId: 'x' }, issues: [noUserId] }],
    failures: {
      USER_IS_ADMINISTRATOR: async ({ serviceToken, adminId: userId }) => ({
        serviceToken: await serviceToken(),
        input: { userId },
      }),
    },
  },
  'auth.changeAccountEmail': {
    success: async ({ serviceToken, newEmail }) => ({
      serviceToken: await serviceToken(),
      input: { userId: crypto.randomUUID(), email: newEmail(), version: 1 },
      gives: undefined,
    }),
    invalid: [{ input: { userId: 'x', email: 'ada', version: 1 }, issues: [noUserId, noEmail] }],
    failures: {
      USER_EMAIL_TAKEN: async (world) => {
        const { id } = await world.newMember();
        return {
          serviceToken: await world.serviceToken(),
          input: { userId: id, email: world.member.email, version: 1 },
        };
      },
    },
  },
  'auth.listRevocations': {
    success: async ({ serviceToken }) => ({
      serviceToken: await serviceToken(),
      input: { after: 0, limit: 1000 },
      gives: { revocations: expect.any(Array) },
    }),
    invalid: [
      {
        input: { after: -1, limit: 1001 },
        issues: [
          { path: '/after', code: 'too_small', message: 'Too small: expected number to be >=0' },
          { path: '/limit', code: 'too_big', message: 'Too big: expected number to be <=1000' },
        ],
      },
    ],
  },
};
