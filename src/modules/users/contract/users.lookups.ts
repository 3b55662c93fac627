import { z } from 'zod';
import { internal } from '../../../contract/access.js';
import { query } from '../../../contract/operation.js';
import { Id, view } from '../../../contract/values.js';
import { UserView } from './users.views.js';

/** For relations. Missing ids are left out; unordered. */
export class GetUsersByIds extends query({
  input: z.object({ ids: z.array(Id).max(100) }),
  output: view('FoundUsers', { users: z.array(UserView) }),
  access: internal,
}) {}
