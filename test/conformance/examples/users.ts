import { type OperationExample, Unreachable } from '../example.js';
import { aMoment, anId, noEmail, noId, noUserId, somebodyElse, tooLong, tooShort, wrongPage } from './values.js';

const rowsOnly = new Unreachable('anyone with a role sees the rows that are theirs');

const blank = { path: '/name', code: 'invalid_format', message: 'A name is more than blanks' };

export const users: Readonly<Record<string, OperationExample>> = {
  'users.createUser': {
    success: async ({ adminToken: token, newEmail }) => {
      const input = { email: newEmail(), name: 'Ada Lovelace' };
      return { token, input, gives: { id: anId, ...input, createdAt: aMoment, updatedAt: aMoment } };
    },
    invalid: [
      { input: { email: 'ada', name: '' }, issues: [noEmail, tooShort('/name', 1), blank] },
      { input: { email: 'ada@b-.com' }, issues: [noEmail] },
      { input: { email: `${'a'.repeat(65)}@example.com` }, issues: [noEmail] },
      { input: { email: 'ada@example.com', name: 'x'.repeat(201) }, issues: [tooLong('/name', 200)] },
      {
        input: { email: 'ada@example.com', name: 'a\0' },
        issues: [{ path: '/name', code: 'custom', message: 'Text must not contain NUL or lone surrogates' }],
      },
    ],
    forbidden: async ({ member: { token }, newEmail }) => ({ token, input: { email: newEmail() } }),
    failures: {
      USER_EMAIL_TAKEN: async ({ adminToken: token, member: { email } }) => ({ token, input: { email } }),
    },
  },
  'users.createUserProfile': {
    success: async ({ serviceToken, newEmail }) => {
      const { userId, ...view } = { userId: crypto.randomUUID(), email: newEmail(), name: 'Ada Lovelace' };
      const gives = { id: userId, ...view, createdAt: aMoment, updatedAt: aMoment };
      return { serviceToken: await serviceToken(), input: { userId, ...view }, gives };
    },
    invalid: [{ input: { userId: 'x', email: 'ada' }, issues: [noUserId, noEmail] }],
    failures: {
      USER_EMAIL_TAKEN: async ({ serviceToken, member: { email } }) => ({
        serviceToken: await serviceToken(),
        input: { userId: crypto.randomUUID(), email },
      }),
    },
  },
  'users.getUser': {
    success: async ({ member: { id, email, token } }) => ({
      token,
      input: { id },
      gives: { id, email, name: 'Grace Hopper', createdAt: aMoment, updatedAt: aMoment },
    }),
    invalid: [{ input: { id: 'not-an-id' }, issues: [noId] }],
    forbidden: async ({ member: { token } }) => ({ token, input: { id: somebodyElse } }),
    failures: {
      USER_NOT_FOUND: async ({ adminToken: token }) => ({ token, input: { id: somebodyElse } }),
    },
  },
  'users.getUsersByIds': {
    success: async ({ serviceToken, member: { id, email } }) => ({
      serviceToken: await serviceToken(),
      input: { ids: [somebodyElse, id] },
      gives: { users: [{ id, email, name: 'Grace Hopper', createdAt: aMoment, updatedAt: aMoment }] },
    }),
    invalid: [
      { input: { ids: [somebodyElse, 'x'] }, issues: [{ ...noId, path: '/ids/1' }] },
      {
        input: { ids: Array(101).fill(somebodyElse) },
        issues: [{ path: '/ids', code: 'too_big', message: 'Too big: expected array to have <=100 items' }],
      },
    ],
  },
  'users.getMe': {
    success: async ({ member: { id, email, token } }) => ({
      token,
      input: {},
      gives: { id, email, name: 'Grace Hopper', createdAt: aMoment, updatedAt: aMoment },
    }),
    invalid: [],
    failures: {
      USER_NOT_FOUND: new Unreachable('the tokens of a user end with the user'),
    },
  },
  'users.listUsers': {
    success: async (world) => {
      const { id, email } = await world.once('listed', () => world.newUser({ name: 'Linus Torvalds' }));
      const item = { id, email, name: 'Linus Torvalds', createdAt: aMoment, updatedAt: aMoment };
      const pageMeta = { page: 1, limit: 5, totalItems: 1, totalPages: 1 };
      const input = { page: 1, limit: 5, q: email, sort: 'NAME_ASC' };
      return { token: world.adminToken, input, gives: { items: [item], pageMeta } };
    },
    invalid: [
      {
        input: { page: 0, limit: 101, q: '' },
        issues: [...wrongPage, tooShort('/q', 1)],
      },
    ],
    forbidden: rowsOnly,
  },
  'users.updateUser': {
    success: async (world) => {
      const { id, email } = await world.newUser();
      const input = { id, name: 'Countess of Lovelace', clear: [] };
      const gives = { id, email, name: input.name, createdAt: aMoment, updatedAt: aMoment };
      return { token: world.adminToken, input, gives };
    },
    invalid: [
      { input: { id: 'x', email: 'ada', clear: [] }, issues: [noId, noEmail] },
      { input: { id: somebodyElse, email: 'ada@-b.com', clear: [] }, issues: [noEmail] },
      {
        input: { id: somebodyElse, name: 'Ada', clear: ['NAME'] },
        issues: [{ path: '/clear', code: 'custom', message: 'A field is either set or cleared' }],
      },
    ],
    forbidden: async ({ member: { token } }) => ({ token, input: { id: somebodyElse, name: 'Ada', clear: [] } }),
    failures: {
      USER_NOT_FOUND: async ({ adminToken: token }) => ({
        token,
        input: { id: somebodyElse, name: 'Ada', clear: [] },
      }),
      USER_EMAIL_TAKEN: async (world) => {
        const { id } = await world.newUser();
        return { token: world.adminToken, input: { id, email: world.member.email, clear: [] } };
      },
    },
  },
  'users.deleteUser': {
    success: async (world) => {
      const { id } = await world.newUser();
      return { token: world.adminToken, input: { id }, gives: undefined };
    },
    invalid: [{ input: { id: 'not-an-id' }, issues: [noId] }],
    forbidden: async ({ member: { token } }) => ({ token, input: { id: somebodyElse } }),
    failures: {
      USER_NOT_FOUND: async ({ adminToken: token }) => ({ token, input: { id: somebodyElse } }),
      USER_IS_ADMINISTRATOR: async ({ adminToken: token, adminId: id }) => ({ token, input: { id } }),
    },
  },
};
