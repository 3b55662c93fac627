import protobuf from 'protobufjs';

/** The committed `.proto` of the users module, for the client and for the server written by hand. */
const root = new protobuf.Root();
root.resolvePath = (_origin, path) =>
  path.startsWith('google/') ? path : new URL(`../proto/${path.replace(/^.*proto\//, '')}`, import.meta.url).pathname;
root.loadSync('users/v1/users.proto');

const serializer =
  (type: protobuf.Type) =>
  (message: object): Buffer =>
    type.encode(message as protobuf.Message).finish() as Buffer;

const request = root.lookupType('users.v1.GetUserRequest');
const response = root.lookupType('users.v1.GetUserResponse');

export interface GetUserRequest {
  readonly id?: string;
}

/** `users.v1.UsersService/GetUser`, as grpc-js wants it. */
export const getUserMethod = {
  path: '/users.v1.UsersService/GetUser',
  requestStream: false,
  responseStream: false,
  requestSerialize: serializer(request),
  requestDeserialize: (bytes: Buffer) => request.decode(bytes) as GetUserRequest,
  responseSerialize: serializer(response),
  responseDeserialize: (bytes: Buffer) => response.decode(bytes) as object,
} as const;
