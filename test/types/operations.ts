/** Compiled by the type check, never run: a wrong input or output is a compile error. */
import { CommandHandler, QueryHandler } from '@nestjs/cqrs';
import { anyone } from '../../src/contract/access.js';
import { handlers } from '../../src/contract/handlers.js';
import type { Handles } from '../../src/contract/operation.js';
import { relation } from '../../src/contract/relation.js';
import { AccountView } from '../../src/modules/auth/contract/auth.views.js';
import {
  CreateUser,
  DeleteUser,
  GetMe,
  GetUser,
  GetUsersByIds,
  ListUsers,
} from '../../src/modules/users/contract/index.js';
import type { Bus } from '../../src/ports/bus.js';

export async function inputsAndOutputsAreTyped(bus: Bus): Promise<void> {
  const user = await bus.execute(new CreateUser({ email: 'ada@example.com', name: 'Ada' }));
  user.email satisfies string;
  user.name satisfies string | undefined;
  // @ts-expect-error the view has no such field
  user.password;
  // @ts-expect-error a field of the input is missing
  new GetUser({});
  // @ts-expect-error a field of the input has the wrong type
  new GetUser({ id: 1 });
  // @ts-expect-error the input has no such field
  new CreateUser({ email: 'ada@example.com', nmae: 'Ada' });
  // @ts-expect-error not a value of the enum
  new ListUsers({ sort: 'CREATED' });
  new ListUsers().input.limit satisfies number;
  await bus.execute(new GetMe());
  const nothing = await bus.execute(new DeleteUser({ id: user.id }));
  // @ts-expect-error an empty output has no fields
  nothing.id;
  // @ts-expect-error only operations are executed
  await bus.execute({ input: {} });
}

@CommandHandler(CreateUser)
export class WrongHandler implements Handles<CreateUser> {
  // @ts-expect-error the handler gives no UserView
  async execute(_message: CreateUser) {
    return { id: 1 };
  }
}

@CommandHandler(CreateUser)
class TalkativeHandler implements Handles<CreateUser> {
  async execute({ input: { email } }: CreateUser) {
    return { id: '', email, createdAt: '', updatedAt: '', passwordHash: '' };
  }
}

@CommandHandler(CreateUser)
class ExactHandler implements Handles<CreateUser> {
  async execute({ input: { email } }: CreateUser) {
    return { id: '', email, createdAt: '', updatedAt: '' };
  }
}

const everyUser = { id: '', email: '', createdAt: '', updatedAt: '', passwordHash: '' };

@QueryHandler(ListUsers)
class TalkativeListHandler implements Handles<ListUsers> {
  async execute(_message: ListUsers) {
    return { items: [everyUser], pageMeta: { page: 1, limit: 20, totalItems: 1, totalPages: 1 } };
  }
}

export const listed = [
  handlers(ExactHandler),
  // @ts-expect-error the output has no such field
  handlers(ExactHandler, TalkativeHandler),
  // @ts-expect-error the items of the output have no such field
  handlers(TalkativeListHandler),
];

const toUser = { view: AccountView, field: 'user', operation: GetUsersByIds, access: anyone } as const;

export const relations = [
  relation({ ...toUser, from: 'userId', by: 'id' }),
  // @ts-expect-error the view has no such field
  relation({ ...toUser, from: 'ownerId', by: 'id' }),
  // @ts-expect-error the field holds no id
  relation({ ...toUser, from: 'disabled', by: 'id' }),
  // @ts-expect-error what is found has no such field
  relation({ ...toUser, from: 'userId', by: 'userId' }),
  // @ts-expect-error the operation does not look up ids
  relation({ ...toUser, from: 'userId', by: 'id', operation: GetUser }),
];
