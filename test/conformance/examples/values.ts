import { expect } from 'vitest';
import type { Issue } from '../../../src/contract/failure.js';

export const aMoment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const anId = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const aToken = expect.stringMatching(/^[\w.-]{20,}$/);

/** The id of nobody. */
export const somebodyElse = '01890000-0000-7000-8000-000000000001';

export const noId: Issue = { path: '/id', code: 'invalid_format', message: 'Invalid UUID' };
export const noUserId: Issue = { ...noId, path: '/user_id' };
export const noEmail: Issue = { path: '/email', code: 'invalid_format', message: 'Invalid email address' };

export const wrongPage: readonly Issue[] = [
  { path: '/page', code: 'too_small', message: 'Too small: expected number to be >=1' },
  { path: '/limit', code: 'too_big', message: 'Too big: expected number to be <=100' },
];

export const tooLong = (path: string, characters: number): Issue => ({
  path,
  code: 'too_big',
  message: `Too big: expected string to have <=${characters} characters`,
});

export const tooShort = (path: string, characters: number): Issue => ({
  path,
  code: 'too_small',
  message: `Too small: expected string to have >=${characters} characters`,
});
