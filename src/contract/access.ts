/** Who may call an operation. `internal`: other services only, over gRPC; in no public document. */
export type Access =
  | { readonly type: 'anyone' }
  | { readonly type: 'authenticated' }
  | { readonly type: 'internal' }
  | { readonly type: 'can'; readonly action: string; readonly subject: string };

export const anyone: Access = { type: 'anyone' };
export const authenticated: Access = { type: 'authenticated' };
export const internal: Access = { type: 'internal' };

export const can = (action: string, subject: string): Access => ({ type: 'can', action, subject });

/** In conditions of a grant: the id of the signed-in user. */
export const callerId = Symbol('callerId');

export type GrantConditions = Readonly<Record<string, string | number | boolean | typeof callerId>>;

/** Conditions on the input are checked before the handler runs, those on the row filter its query. */
export interface Grant {
  readonly role: string;
  readonly actions: readonly string[];
  readonly subject: string;
  readonly conditions?: GrantConditions;
}

/** `grant('USER', ['read'], 'User', { id: callerId })`. Action `manage` and subject `all` match every one. */
export const grant = (
  role: string,
  actions: readonly string[],
  subject: string,
  conditions?: GrantConditions,
): Grant => ({ role, actions, subject, ...(conditions && { conditions }) });
