import type { z } from 'zod';
import { Email, enumeration, Id, Name, Timestamp, view } from '../../../contract/values.js';

export const UserView = view('User', {
  id: Id,
  email: Email,
  name: Name.optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export type UserView = z.output<typeof UserView>;

export const UserSort = enumeration('UserSort', [
  'CREATED_AT_ASC',
  'CREATED_AT_DESC',
  'EMAIL_ASC',
  'EMAIL_DESC',
  'NAME_ASC',
  'NAME_DESC',
]);

export type UserSort = z.output<typeof UserSort>;

export const ClearableUserField = enumeration('ClearableUserField', ['NAME']);
